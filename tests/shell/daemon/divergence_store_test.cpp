// A diverged Redis is kept on disk, and what its README says is done as it says.
#include "daemon/divergence_store.hpp"

#include <sys/mount.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "shell/redis/diverged.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::Kept;
using daemon::SaveRequest;
namespace fs = std::filesystem;

namespace {

const std::string noon = "2026-11-19T12:00:00.000Z";
const std::vector<std::string> lost{"SET lost1 abc", "INCR lost2", "SELECT 3", "LPUSH lost3 x y"};

SaveRequest request_of(Diverged& pair, const std::string& utc = noon) {
  return {
      (pair.folder() / "diverged").string(),
      "cache",
      utc,
      redis_at,
      "",
      pair.password(),
      {"redis-b", "redis-b was promoted meanwhile", pair.replid(), pair.from() - 1, pair.until()},
      {10, 1 << 30}};
}

Result<Kept> keep(const SaveRequest& request) {
  boost::asio::io_context io;
  daemon::Children children{io};
  boost::asio::signal_set ended{io, SIGCHLD};
  std::function<void()> reap = [&] {
    ended.async_wait([&](auto error, int) {
      if (error) return;
      children.reap();
      reap();
    });
  };
  reap();
  std::vector<Result<Kept>> answers;
  daemon::keep_divergence(io, children, request, [&](Result<Kept> kept) {
    answers.push_back(std::move(kept));
    ended.cancel();
  });
  io.run_for(Seconds{20});
  REQUIRE(answers.size() == 1);
  return answers.front();
}

// What the core has done before: the tail is read into a file of its own.
SaveRequest with_tail(SaveRequest request) {
  const auto& parted = request.divergence;
  fs::create_directory(request.folder);
  request.tail_file = request.folder + "/.cache.tail";
  boost::asio::io_context io;
  redis::capture_tail(io,
                      {request.redis,
                       request.username,
                       request.password,
                       {parted.replid, parted.fork + 1, parted.until},
                       request.tail_file},
                      [&](Result<redis::TailReport> captured) {
                        if (captured) request.tail = *captured;
                        if (!captured) request.tail_problem = captured.error().text();
                      });
  io.run();
  return request;
}

// Into dump.rdb. The core has Redis do so before anything is kept.
void save(Diverged& pair) {
  REQUIRE(pair.old().ask("SAVE") == "OK");
}

std::string text_of(const fs::path& path) {
  std::ifstream stream{path};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

struct OtherFileSystem {
  explicit OtherFileSystem(fs::path at) : path{std::move(at)} {
    fs::create_directory(path);
    run("mount -t tmpfs none " + path.string());
  }
  ~OtherFileSystem() { ::umount(path.c_str()); }
  fs::path path;
};

// The commands of the README, which it indents by two blanks, as a script: with a folder of our own
// for /tmp/look, and the present owner for ADDRESS.
void follow_readme(const fs::path& folder, const fs::path& look) {
  const auto script = look.string() + ".sh";
  std::ifstream readme{folder / "README.txt"};
  std::ofstream commands{script};
  commands << "set -ex\n";
  for (std::string line; std::getline(readme, line);) {
    if (line.rfind("  ", 0) != 0 || line.rfind("             ", 0) == 0) {
      if (line.find("--dir") == std::string::npos) continue;
    }
    for (const auto& [from, to] : {std::pair{std::string{"/tmp/look"}, look.string()},
                                   std::pair{std::string{"ADDRESS"}, fresh_address.text()},
                                   std::pair{std::string{"less"}, std::string{"cat"}},
                                   std::pair{std::string{"-n N"}, std::string{"-n 9"}}}) {
      for (auto at = line.find(from); at != line.npos; at = line.find(from, at + to.size())) {
        line.replace(at, from.size(), to);
      }
    }
    if (line.find("INFO keyspace") != line.npos) commands << "sleep 1\n";
    commands << line << '\n';
  }
  commands.close();
  run("sh " + script + " > " + look.string() + ".out 2>&1");
}

}  // namespace

TEST_CASE("a diverged dataset is kept with its tail, and the commands of its README work") {
  Diverged pair{{"SET common 1"}, lost};
  save(pair);
  const auto request = with_tail(request_of(pair));
  REQUIRE(request.tail);
  CHECK(request.tail->bytes == 121);
  CHECK(request.tail->commands == 3);
  const auto kept = keep(request);
  REQUIRE(kept);
  CHECK(kept->problem == "");
  const auto folder = pair.folder() / "diverged" / ("cache-" + noon);
  CHECK(kept->path == folder.string());
  CHECK_FALSE(fs::exists(request.tail_file));
  CHECK(fs::hard_link_count(folder / "dataset.rdb") == 2);
  CHECK((fs::status(folder).permissions() & fs::perms::all) == fs::perms::owner_all);
  CHECK(pair.parked());

  const auto look = pair.folder() / "look";
  follow_readme(folder, look);
  const auto shown = text_of(look.string() + ".out");
  INFO(shown);
  CHECK(shown.find("db0:keys=3") != std::string::npos);  // of dataset.rdb: common, lost1, lost2
  CHECK(shown.find("lost1\n") != std::string::npos);     // by --scan
  CHECK(shown.find("errors: 0") != std::string::npos);   // by --pipe
  CHECK(pair.fresh().ask("GET lost1") == "abc");         // re-applied
  CHECK(pair.fresh().ask("GET lost2") == "1");
  REQUIRE(pair.fresh().ask("SELECT 3") == "OK");
  CHECK(pair.fresh().ask("LLEN lost3") == "2");
}

TEST_CASE("another database than the one assumed is chosen as the README says") {
  std::vector<std::string> common{"SELECT 7"};
  for (int i = 0; i < 64; ++i) common.push_back("SET common " + std::string(1000, 'x'));
  Diverged pair{common, {"SET lost1 abc"}, {"--repl-backlog-size", "16kb"}};
  save(pair);
  const auto request = with_tail(request_of(pair));
  const auto kept = keep(request);
  REQUIRE(kept);
  REQUIRE(request.tail);
  CHECK_FALSE(request.tail->database_known);
  CHECK(request.tail->database == 7);
  follow_readme(kept->path, pair.folder() / "look");
  for (const auto* database : {"SELECT 7", "SELECT 9"}) {  // 9: what the script says for N
    REQUIRE(pair.fresh().ask(database) == "OK");
    CHECK(pair.fresh().ask("GET lost1") == "abc");
  }
}

TEST_CASE("a dataset is kept without its tail when that is gone or unknown") {
  Diverged pair{{"SET common 1"}, lost};
  save(pair);
  auto request = request_of(pair);
  std::string why = "it is not known where the histories parted";
  SECTION("where they parted is unknown") {
    request.divergence.replid.clear();
    request.tail_problem = why;
  }
  SECTION("the backlog does not hold it") {
    ++request.divergence.until;
    request = with_tail(request);
    why = "the replication backlog holds";
  }
  const auto kept = keep(request);
  REQUIRE(kept);
  CHECK(kept->problem.find(why) != std::string::npos);
  const auto folder = pair.folder() / "diverged" / ("cache-" + noon);
  CHECK(fs::exists(folder / "dataset.rdb"));
  CHECK_FALSE(fs::exists(folder / "tail.resp"));
  CHECK(text_of(folder / "README.txt").find("There is no tail.resp: ") != std::string::npos);
  CHECK(pair.parked());
}

TEST_CASE("where a hard link is impossible the dataset is copied") {
  Diverged pair{{"SET common 1"}, lost};
  save(pair);
  auto request = request_of(pair);
  const OtherFileSystem elsewhere{pair.folder() / "elsewhere"};
  request.folder = elsewhere.path.string();
  REQUIRE(keep(request));
  const auto file = elsewhere.path / ("cache-" + noon) / "dataset.rdb";
  CHECK(fs::hard_link_count(file) == 1);
  CHECK(text_of(file).substr(0, 5) == "REDIS");
}

TEST_CASE("what cannot be kept is an error, and leaves no directory that looks like a save") {
  Diverged pair{{"SET common 1"}, lost};
  const auto folder = pair.folder() / "diverged" / ("cache-" + noon);
  auto missing = keep(request_of(pair));  // nothing was saved yet
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text().find("dump.rdb: cannot keep the RDB file") != std::string::npos);
  CHECK_FALSE(fs::exists(folder));
  CHECK(pair.parked());

  save(pair);
  REQUIRE(keep(request_of(pair)));
  const auto twice = keep(request_of(pair));
  REQUIRE_FALSE(twice);
  CHECK(twice.error().text().find("there is one already") != std::string::npos);
  CHECK(fs::exists(folder / "dataset.rdb"));

  const auto request = request_of(pair, "2026-11-19T12:00:00.001Z");
  pair.kill_old();
  const auto dead = keep(request);
  REQUIRE_FALSE(dead);
  CHECK(dead.error().text() == "127.0.0.1:6379: Connection refused");
}

TEST_CASE("a Redis that lets us in only with its password is kept with it, and not without") {
  Diverged pair{{"SET common 1"}, lost, {}, "secret"};
  save(pair);
  auto request = request_of(pair);
  request.password = "a wrong one";
  const auto refused = keep(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("NOAUTH") != std::string::npos);
  REQUIRE(keep(request_of(pair)));
  CHECK(text_of(pair.folder() / "diverged" / ("cache-" + noon) / "README.txt").find("secret") ==
        std::string::npos);
}

TEST_CASE("old saves of this service go when there are too many, and nothing else does") {
  Diverged pair{{"SET common 1"}, lost};
  save(pair);
  const auto folder = pair.folder() / "diverged";
  const auto make = [&](const std::string& name) {
    fs::create_directories(folder / name);
    std::ofstream{folder / name / "dataset.rdb"} << std::string(1000, 'x');
  };
  const fs::path elsewhere = pair.folder() / "precious";
  fs::create_directory(elsewhere);
  std::ofstream{elsewhere / "file"} << "kept";
  for (const auto* name : {"cache-2026-11-01T00:00:00.000Z", "cache-2026-11-02T00:00:00.000Z",
                           "cache-2026-11-03T00:00:00.000Z", "other-2026-11-01T00:00:00.000Z",
                           "cache-notes", "cache-two-2026-11-01T00:00:00.000Z"}) {
    make(name);
  }
  fs::create_directory_symlink(elsewhere, folder / "cache-2026-10-01T00:00:00.000Z");
  auto request = request_of(pair);
  request.limits = {2, 1 << 30};
  const auto kept = keep(request);
  REQUIRE(kept);
  CHECK(fs::exists(kept->path));
  CHECK(fs::exists(folder / "cache-2026-11-03T00:00:00.000Z"));
  CHECK_FALSE(fs::exists(folder / "cache-2026-11-02T00:00:00.000Z"));
  CHECK_FALSE(fs::exists(folder / "cache-2026-11-01T00:00:00.000Z"));
  CHECK(fs::exists(folder / "other-2026-11-01T00:00:00.000Z"));
  CHECK(fs::exists(folder / "cache-notes"));
  CHECK(fs::exists(folder / "cache-two-2026-11-01T00:00:00.000Z"));
  CHECK(text_of(elsewhere / "file") == "kept");

  auto again = request_of(pair, "2026-11-19T13:00:00.000Z");
  again.limits = {10, 1};
  const auto small = keep(again);
  REQUIRE(small);
  CHECK(fs::exists(small->path));
  CHECK_FALSE(fs::exists(kept->path));
  CHECK_FALSE(fs::exists(folder / "cache-2026-11-03T00:00:00.000Z"));
}

// The journal on disk: what was written is read again, and anything else is not believed.
#include "daemon/journal_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"

namespace redvip::daemon {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] std::string file() const { return (path / "cache.journal.json").string(); }
  fs::path path = fs::temp_directory_path() / ("redvip-journal-" + std::to_string(::getpid()));
};

const JournalOwner ours{"cache", "redis-a", "10.77.0.1", "0123abcd"};

Journal example() {
  Journal journal;
  journal.last.served = true;
  journal.last.served_by = "run 1";
  journal.last.needed = {std::string(40, '1'), 1200, 7};
  journal.last.run_id = "run 2";
  journal.last.own = {std::string(40, '2'), 1300, 9};
  journal.last.replid2 = std::string(40, '1');
  journal.last.second_repl_offset = 1201;
  journal.last.role = Role::replica;
  journal.last.joined_at = 1100;
  journal.past = {{std::string(40, '0'), 400, true}, {std::string(40, '1'), 1200, false}};
  journal.last_served = Dataset{std::string(40, '1'), 1250, 7};
  return journal;
}

std::string refusal(const std::string& path, const JournalOwner& owner = ours) {
  const auto loaded = load_journal(path, owner);
  return loaded ? "believed" : loaded.error().text();
}

void alter(const std::string& path, const std::string& from, const std::string& to) {
  std::ifstream in{path};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE(text.find(from) != std::string::npos);
  text.replace(text.find(from), from.size(), to);
  std::ofstream{path} << text;
}

TEST_CASE("a journal is read as it was written") {
  const Folder folder;
  REQUIRE(save_journal(folder.file(), ours, example()));
  const auto loaded = load_journal(folder.file(), ours);
  REQUIRE(loaded);
  CHECK(*loaded == example());
}

TEST_CASE("where there is none, there is none") {
  const Folder folder;
  const auto loaded = load_journal(folder.file(), ours);
  REQUIRE(loaded);
  CHECK_FALSE(*loaded);
}

TEST_CASE(
    "a journal of another node, service, address or machine is not believed, and says whose") {
  const Folder folder;
  REQUIRE(save_journal(folder.file(), ours, example()));
  for (const auto& other : {JournalOwner{"cache", "redis-b", "10.77.0.1", "0123abcd"},
                            JournalOwner{"queue", "redis-a", "10.77.0.1", "0123abcd"},
                            JournalOwner{"cache", "redis-a", "10.77.0.7", "0123abcd"},
                            JournalOwner{"cache", "redis-a", "10.77.0.1", "ffffffff"}}) {
    const auto why = refusal(folder.file(), other);
    CHECK(why.find("it was written for") != std::string::npos);
    CHECK(why.find("redis-a") != std::string::npos);
  }
}

TEST_CASE("an altered offset is found out by the checksum") {
  const Folder folder;
  REQUIRE(save_journal(folder.file(), ours, example()));
  alter(folder.file(), "1300", "9300");
  CHECK(refusal(folder.file()).find("its checksum is wrong") != std::string::npos);
}

TEST_CASE("whatever is left of a journal that was cut off anywhere is not believed") {
  const Folder folder;
  REQUIRE(save_journal(folder.file(), ours, example()));
  const auto whole = fs::file_size(folder.file());
  for (std::uintmax_t size = 0; size + 1 < whole; size += 7) {
    REQUIRE(save_journal(folder.file(), ours, example()));
    fs::resize_file(folder.file(), size);
    CHECK(refusal(folder.file()).find("it is damaged") != std::string::npos);
  }
}

TEST_CASE("a journal of a later format is not guessed at") {
  const Folder folder;
  REQUIRE(save_journal(folder.file(), ours, example()));
  alter(folder.file(), R"("format":1)", R"("format":2)");
  CHECK(refusal(folder.file()).find("another format") != std::string::npos);
}

}  // namespace
}  // namespace redvip::daemon

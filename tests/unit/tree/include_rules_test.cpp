// Every file under src keeps the rules of the tree, and each rule is shown to catch what breaks it.
#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/tree/rules.hpp"

namespace redvip::tree {
namespace {

namespace fs = std::filesystem;

const fs::path root{REDVIP_SOURCE_DIR};

std::string read(const fs::path& path) {
  std::ifstream file{path};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Path relative to src -> text.
std::map<std::string, std::string> source_files() {
  std::map<std::string, std::string> result;
  for (const auto& entry : fs::recursive_directory_iterator{root / "src"}) {
    const auto ending = entry.path().extension();
    if (ending != ".hpp" && ending != ".cpp") continue;
    result.emplace(fs::relative(entry.path(), root / "src").generic_string(), read(entry.path()));
  }
  return result;
}

Layout layout() {
  auto result = read_layout(read(root / "CMakeLists.txt"));
  // Built with the daemon's shell because status.cpp needs Boost.JSON; their headers are plain
  // data.
  result.daemon_pure.insert({"daemon/status_view", "daemon/status"});
  return result;
}

// As layout(), but status.cpp itself, which writes JSON, is shell.
std::vector<std::string> offences_of(const std::string& path, const std::string& text) {
  auto rules = layout();
  if (path == "daemon/status.cpp") rules.daemon_pure.erase("daemon/status");
  return offences(rules, path, text);
}

TEST_CASE("every file includes only what stands above it, and pure files are pure") {
  const auto files = source_files();
  REQUIRE(files.size() > 50);
  for (const auto& [path, text] : files) {
    for (const auto& offence : offences_of(path, text)) FAIL_CHECK(offence);
  }
}

TEST_CASE("no file is longer than 300 lines, but for a list that only shrinks") {
  const LengthAllowance allowance{};  // none needs one
  for (const auto& [path, text] : source_files()) {
    for (const auto& offence : too_long(allowance, path, text)) FAIL_CHECK(offence);
  }
}

TEST_CASE("the shell files are the ones that CMakeLists.txt builds as shell, and they exist") {
  const auto rules = read_layout(read(root / "CMakeLists.txt"));
  CHECK(rules.daemon_pure.count("daemon/node") == 1);
  CHECK(rules.shell.count("vrrp/socket") == 1);
  CHECK(rules.shell.count("redis/connection") == 1);
  CHECK(rules.shell.count("netlink/manager") == 1);
  CHECK(rules.shell.count("daemon/import/disk") == 1);
  for (const auto& file : rules.shell) CHECK(fs::exists(root / "src" / (file + ".cpp")));
}

// --- That the rules can fail --------------------------------------------------------------------

struct Sample {
  const char* path;
  const char* text;
  const char* offence;
};

TEST_CASE("a file that breaks a rule is named with its line, what it did, and why not") {
  const auto sample = GENERATE(
      Sample{"core/facts.cpp", "#include <map>\n#include <boost/asio/post.hpp>\n",
             "src/core/facts.cpp:2: includes boost/asio/post.hpp: pure files include only the "
             "standard library and tl/expected.hpp"},
      Sample{"core/facts.cpp", "#include \"vrrp/packet.hpp\"\n", "core may include only core"},
      Sample{"core/facts.cpp", "#include \"daemon/clock.hpp\"\n",
             "pure files include no shell file"},
      Sample{"core/facts.cpp", "#include <random>\n", "no world to reach for"},
      Sample{"core/facts.cpp", "  const auto t = std::chrono::steady_clock::now();\n",
             "src/core/facts.cpp:1: uses steady_clock"},
      Sample{"redis/info.cpp", "const int i = rand();\n", "uses rand("},
      Sample{"redis/info.cpp", "#include \"redis/connection.hpp\"\n", "no shell file"},
      Sample{"redis/info.cpp", "#include <hiredis/hiredis.h>\n", "pure files include only"},
      Sample{"vrrp/packet.cpp", "#include <netinet/in.h>\n", "pure files include only"},
      Sample{"vrrp/packet.cpp", "#include <openssl/hmac.h>\n", "pure files include only"},
      Sample{"vrrp/socket.cpp", "#include <hiredis/hiredis.h>\n", "the shell of vrrp"},
      Sample{"vrrp/socket.cpp", "#include \"netlink/manager.hpp\"\n", "vrrp may include only core"},
      Sample{"redis/session.cpp", "#include <netlink/msg.h>\n", "the shell of redis"},
      Sample{"netlink/manager.cpp", "#include <spdlog/spdlog.h>\n", "the shell of netlink"},
      Sample{"daemon/node.cpp", "#include \"vrrp/socket.hpp\"\n", "no shell file"},
      Sample{"daemon/status_view.cpp", "#include <boost/json.hpp>\n", "pure files include only"},
      Sample{"daemon/import/text.cpp", "#include <fstream>\n", "no world to reach for"},
      Sample{"daemon/import/tree.cpp", "#include \"daemon/import/disk.hpp\"\n", "no shell file"},
      Sample{"daemon/import/disk.cpp", "#include \"daemon/files.hpp\"\n",
             "daemon/import may include only core"},
      Sample{"core/facts.hpp", "struct X {};\n", "src/core/facts.hpp:1: lacks #pragma once"},
      Sample{"daemon/runner.cpp", "\nco_await send({1, 2});\n",
             "src/daemon/runner.cpp:2: a brace or a lambda inside a co_await"},
      Sample{"daemon/runner.cpp", "co_await run([&] {\n  f(); });\n", "inside a co_await"});
  INFO(sample.path << "\n" << sample.text);
  const auto found = offences_of(sample.path, sample.text);
  REQUIRE(found.size() == 1);
  INFO(found.front());
  CHECK(found.front().find(sample.offence) != std::string::npos);
}

TEST_CASE("a file that keeps the rules is not blamed") {
  const auto sample = GENERATE(
      Sample{"core/facts.hpp", "#pragma once\n#include <map>\n#include \"core/site.hpp\"\n", ""},
      Sample{"core/facts.cpp", "// std::chrono::steady_clock::now() is not for us\n", ""},
      Sample{"core/facts.cpp", "const auto late = lifetime(now) + timer(3);\n", ""},
      Sample{"vrrp/socket.cpp", "#include <sys/socket.h>\n#include \"vrrp/packet.hpp\"\n", ""},
      Sample{"vrrp/mac.cpp", "#include <openssl/hmac.h>\n", ""},
      Sample{"netlink/manager.cpp", "#include <netlink/msg.h>\n#include <linux/rtnetlink.h>\n", ""},
      Sample{"redis/session.cpp", "#include <hiredis/async.h>\n#include \"core/types.hpp\"\n", ""},
      Sample{"daemon/node.cpp", "#include \"vrrp/election.hpp\"\n", ""},
      Sample{"daemon/import/disk.cpp", "#include <glob.h>\n#include <fstream>\n", ""},
      Sample{"daemon/import/tree.cpp", "#include \"daemon/import/lines.hpp\"\n", ""},
      Sample{"daemon/runner.cpp", "#include <spdlog/spdlog.h>\nco_await timer.wait();\n", ""});
  INFO(sample.path << "\n" << sample.text);
  CHECK(offences_of(sample.path, sample.text).empty());
}

TEST_CASE("the length list cannot grow, and forgets those who no longer need it") {
  const LengthAllowance allowance{{"daemon/long.cpp", 310}};
  const auto lines = [](std::size_t count) { return std::string(count, '\n'); };
  CHECK(too_long(allowance, "core/facts.cpp", lines(300)).empty());
  CHECK(too_long(allowance, "core/facts.cpp", lines(301)).size() == 1);
  CHECK(too_long(allowance, "daemon/long.cpp", lines(310)).empty());
  CHECK(too_long(allowance, "daemon/long.cpp", lines(311)).size() == 1);
  CHECK(too_long(allowance, "daemon/long.cpp", lines(300)).size() == 1);
}

}  // namespace
}  // namespace redvip::tree

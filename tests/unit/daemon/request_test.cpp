#include "daemon/request.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.hpp"

namespace redvip::daemon {
namespace {

struct RuntimeDir {
  RuntimeDir() {
    char name[] = "/tmp/redvip-request-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~RuntimeDir() { std::filesystem::remove_all(path); }
  void write(const std::string& text) const { std::ofstream{path + "/request"} << text; }
  std::string path;
};

TEST_CASE("a request goes from the command to the daemon once") {
  const RuntimeDir folder;
  const Request request{"alice", "the disk of redis-b is gone", "redis-a", true, Seconds{7200}};
  REQUIRE(leave_request(folder.path, request));
  const auto taken = take_request(folder.path);
  REQUIRE(taken);
  CHECK(*taken == request);
  CHECK_FALSE(take_request(folder.path));
}

TEST_CASE("a request is cut to 500 bytes of one printable line") {
  const RuntimeDir folder;
  REQUIRE(leave_request(
      folder.path, {"alice\x1b[31m", "first\nsecond" + std::string(1000, 'x'), "", false, {}}));
  const auto taken = take_request(folder.path);
  REQUIRE(taken);
  CHECK(taken->by == "alice?[31m");
  CHECK(taken->reason.substr(0, 13) == "first?secondx");
  CHECK(taken->reason.size() == 500);
}

TEST_CASE("what is no request is refused with the file's name, and is gone") {
  const RuntimeDir folder;
  for (const auto* text : {"", "{", "[]", R"({"by": 3})", R"({"force": "yes"})"}) {
    folder.write(text);
    const auto taken = take_request(folder.path);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().text().find(folder.path + "/request") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder.path + "/request"));
  }
}

}  // namespace
}  // namespace redvip::daemon

#include "daemon/force.hpp"

#include <unistd.h>

#include <filesystem>

#include "catch.hpp"

namespace redvip::daemon {
namespace {

namespace fs = std::filesystem;

TEST_CASE("the reason of a forced switchover is taken once, as one line of bounded length") {
  const auto folder =
      (fs::temp_directory_path() / ("redvip-force-" + std::to_string(::getpid()))).string();
  fs::create_directories(folder);
  REQUIRE(leave_reason(folder, "the disk is gone"));
  CHECK(take_reason(folder) == "the disk is gone");
  CHECK(take_reason(folder) == "no reason given");
  REQUIRE(leave_reason(folder, "first\nsecond"));
  CHECK(take_reason(folder) == "first");
  REQUIRE(leave_reason(folder, std::string(10'000, 'x')));
  CHECK(take_reason(folder).size() == 500);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace redvip::daemon

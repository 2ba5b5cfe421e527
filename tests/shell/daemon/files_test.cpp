// The daemon's files as the kernel has them: modes and owners. Needs root.
#include "daemon/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "catch.hpp"
#include "daemon/restart_mark.hpp"

using namespace redvip;
using namespace redvip::daemon;

namespace {

namespace fs = std::filesystem;
constexpr uid_t service_id = 64321;

// A state_dir such as systemd makes it for the service.
class StateDir {
 public:
  StateDir() {
    fs::create_directories(path);
    REQUIRE(::chown(path.c_str(), service_id, service_id) == 0);
  }
  ~StateDir() { fs::remove_all(path); }
  StateDir(const StateDir&) = delete;
  StateDir& operator=(const StateDir&) = delete;

  const std::string path =
      fs::temp_directory_path() / ("redvip-files-" + std::to_string(::getpid()));
};

struct Umask {
  explicit Umask(mode_t mask) : before{::umask(mask)} {}
  ~Umask() { ::umask(before); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  mode_t before;
};

struct stat stat_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found;
}

void belongs_to_service(const std::string& path, mode_t mode) {
  const auto found = stat_of(path);
  CHECK((found.st_mode & 07777) == mode);
  CHECK(found.st_uid == service_id);
  CHECK(found.st_gid == service_id);
}

}  // namespace

TEST_CASE("what root writes in the service's folder is the service's, readable for its group") {
  const StateDir state;
  const Umask strict{0077};
  REQUIRE(write_whole(state.path + "/whole", "text\n"));
  belongs_to_service(state.path + "/whole", 0640);
  REQUIRE(append_line(state.path + "/lines", "one"));
  REQUIRE(append_line(state.path + "/lines", "two"));
  belongs_to_service(state.path + "/lines", 0640);
  CHECK(stat_of(state.path + "/lines").st_size == 8);
  const Umask usual{0022};
  REQUIRE(make_directory(state.path + "/a/b"));
  belongs_to_service(state.path + "/a", 0750);
  belongs_to_service(state.path + "/a/b", 0750);
}

TEST_CASE("a mode that the operator has given to a file stays") {
  const StateDir state;
  REQUIRE(append_line(state.path + "/lines", "one"));
  fs::permissions(state.path + "/lines", fs::perms{0600});
  REQUIRE(append_line(state.path + "/lines", "two"));
  CHECK((stat_of(state.path + "/lines").st_mode & 07777) == 0600);
}

TEST_CASE("a half-written file of a process that died, whoever that was, is no obstacle") {
  const StateDir state;
  REQUIRE(write_whole(state.path + "/whole.tmp", "half"));
  fs::permissions(state.path + "/whole.tmp", fs::perms{0400});
  REQUIRE(write_whole(state.path + "/whole", "text\n"));
  belongs_to_service(state.path + "/whole", 0640);
  CHECK_FALSE(fs::exists(state.path + "/whole.tmp"));
}

// Where the kernel's timestamps are finer than its ticks (Linux 6.13), once somebody has asked for
// one: in the first milliseconds of a second the mark is then of a second that time() has not seen.
TEST_CASE("a restart that was announced as a second began counts as well") {
  using std::chrono::system_clock;
  const StateDir state;
  const auto second = std::chrono::ceil<std::chrono::seconds>(system_clock::now());
  while (system_clock::now() < second) {
  }
  for (int time = 0; time < 2; ++time) {
    REQUIRE(append_line(state.path + "/lines", "one"));
    CHECK(stat_of(state.path + "/lines").st_size > 0);
  }
  REQUIRE(leave_restart_mark(state.path));
  CHECK(take_restart_mark(state.path));
}

TEST_CASE("a restart that was announced counts once, and not when it is long ago") {
  const StateDir state;
  CHECK_FALSE(take_restart_mark(state.path));
  REQUIRE(leave_restart_mark(state.path));
  CHECK(take_restart_mark(state.path));
  CHECK_FALSE(take_restart_mark(state.path));
  REQUIRE(leave_restart_mark(state.path));
  const auto old =
      fs::file_time_type::clock::now() - std::chrono::seconds{restart_mark_seconds + 2};
  fs::last_write_time(state.path + "/restart", old);
  CHECK_FALSE(take_restart_mark(state.path));
}

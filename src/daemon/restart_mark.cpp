#include "daemon/restart_mark.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "daemon/files.hpp"

namespace redvip::daemon {
namespace {

std::string mark_in(const std::string& runtime_dir) {
  return runtime_dir + "/restart";
}

}  // namespace

Result<void> leave_restart_mark(const std::string& runtime_dir) {
  return write_whole(mark_in(runtime_dir), "");
}

bool take_restart_mark(const std::string& runtime_dir) {
  struct stat mark {};
  if (::stat(mark_in(runtime_dir).c_str(), &mark) != 0) return false;
  ::unlink(mark_in(runtime_dir).c_str());
  // time() lags behind by up to a tick, and Linux 6.13's timestamps do not.
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto age = now - mark.st_mtime;
  return age >= 0 && age <= restart_mark_seconds;
}

}  // namespace redvip::daemon

#include "bench/turn.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "lab/command.hpp"

namespace redvip::bench {

Turn::Turn(const std::string& lock_file, bool alone) {
  if (lock_file.empty()) return;
  fd_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) throw lab::system_error("open " + lock_file);
  if (::flock(fd_, alone ? LOCK_EX : LOCK_SH) != 0) throw lab::system_error("flock " + lock_file);
}

Turn::~Turn() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace redvip::bench

#include "bench/turn.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "lab/command.hpp"

namespace redvip::bench {

namespace {

int locked(const std::string& file, int how) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) throw lab::system_error("open " + file);
  if (::flock(fd, how) != 0) throw lab::system_error("flock " + file);
  return fd;
}

}  // namespace

// The gate is held while waiting: without it those who share would never let one in who does not.
Turn::Turn(const std::string& lock_file, bool alone) {
  if (lock_file.empty()) return;
  const int gate = locked(lock_file + ".gate", LOCK_EX);
  fd_ = locked(lock_file, alone ? LOCK_EX : LOCK_SH);
  ::close(gate);
}

Turn::~Turn() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace redvip::bench

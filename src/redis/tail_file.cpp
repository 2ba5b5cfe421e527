#include "redis/tail_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace redvip::redis {

Result<void> TailFile::create() {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) return failure(std::string{"cannot create: "} + std::strerror(errno), path_);
  created_ = true;
  return {};
}

Result<void> TailFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(std::string{"cannot write: "} + std::strerror(errno), path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

void TailFile::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

void TailFile::remove() {
  close();
  if (created_) ::unlink(path_.c_str());
}

}  // namespace redvip::redis

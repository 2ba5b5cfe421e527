#include "daemon/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace redvip::daemon {
namespace {

tl::unexpected<Error> system_failure(const std::string& what, const std::string& path) {
  return failure(what + ": " + std::strerror(errno), path);
}

Result<void> write_all(int fd, const std::string& text, const std::string& path) {
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::write(fd, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot write", path);
    written += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failure("cannot create the directory: " + error.message(), path);
  return {};
}

Result<void> write_whole(const std::string& path, const std::string& text, bool durable) {
  const auto temporary = path + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return system_failure("cannot create", temporary);
  auto result = write_all(fd, text, temporary);
  if (result && durable && ::fsync(fd) != 0) result = system_failure("cannot fsync", temporary);
  ::close(fd);
  if (!result) return result;
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_failure("cannot rename", path);
  return {};
}

Result<void> append_line(const std::string& path, const std::string& line) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return system_failure("cannot open", path);
  auto result = write_all(fd, line + '\n', path);
  ::close(fd);
  return result;
}

}  // namespace redvip::daemon

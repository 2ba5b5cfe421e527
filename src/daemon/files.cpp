#include "daemon/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
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

constexpr mode_t group_may_read = 0640;

// Where it cannot be given away it stays root's: no reason to fail.
void give_to_owner_of_folder(const std::string& path) {
  struct stat folder {};
  if (::geteuid() != 0) return;
  const auto parent = std::filesystem::path{path}.parent_path();
  if (::stat(parent.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  (void)!::lchown(path.c_str(), folder.st_uid, folder.st_gid);
}

// A new file has its mode whatever the umask says. -1: errno.
int open_to_write(const std::string& path, int flags) {
  flags |= O_WRONLY | O_CLOEXEC;
  const int fd = ::open(path.c_str(), flags | O_CREAT | O_EXCL, group_may_read);
  if (fd < 0 && errno == EEXIST) return ::open(path.c_str(), flags);
  if (fd < 0) return fd;
  (void)::fchmod(fd, group_may_read);
  give_to_owner_of_folder(path);
  return fd;
}

}  // namespace

Result<void> make_directory(const std::string& path) {
  const std::filesystem::path folder{path};
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    if (auto made = make_directory(folder.parent_path()); !made) return made;
  }
  if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) {
    return system_failure("cannot create the directory", path);
  }
  if (!std::filesystem::is_directory(folder, error)) return failure("is no directory", path);
  give_to_owner_of_folder(path);
  return {};
}

Result<void> write_whole(const std::string& path, const std::string& text, bool durable) {
  return write_whole(
      path, [&](const Part& part) { part(text); }, durable);
}

Result<void> write_whole(const std::string& path, const std::function<void(const Part&)>& tell,
                         bool durable) {
  const auto temporary = path + ".tmp";
  ::unlink(temporary.c_str());  // of a process that died, perhaps root's
  const int fd = open_to_write(temporary, O_TRUNC);
  if (fd < 0) return system_failure("cannot create", temporary);
  Result<void> result;
  tell([&](const std::string& part) {
    if (result) result = write_all(fd, part, temporary);
  });
  if (result && durable && ::fsync(fd) != 0) result = system_failure("cannot fsync", temporary);
  ::close(fd);
  if (!result) return result;
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_failure("cannot rename", path);
  return {};
}

Result<void> append_line(const std::string& path, const std::string& line) {
  const int fd = open_to_write(path, O_APPEND);
  if (fd < 0) return system_failure("cannot open", path);
  auto result = write_all(fd, line + '\n', path);
  ::close(fd);
  return result;
}

std::string cannot_be_read(int error) {
  const std::string text = std::string{"cannot be read: "} + std::strerror(error);
  if (error != EACCES && error != EPERM) return text;
  return text +
         "; members of the group redvip may: `adduser NAME redvip`, then log in again; or use sudo";
}

}  // namespace redvip::daemon

#include "daemon/import/disk.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace redvip::keepalived {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;

bool is_regular(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// A pipe or a device could keep us waiting for ever.
Result<std::string> read(const std::string& path) {
  errno = 0;
  std::ifstream file;
  if (is_regular(path)) {
    file.open(path, std::ios::binary);
  } else if (errno == 0) {
    return failure("not a regular file");
  }
  if (!file.is_open()) return failure(std::string{"cannot be read: "} + std::strerror(errno));
  std::string text(largest_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return failure("cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_file) return failure("larger than 1 MiB");
  return text;
}

std::vector<FoundFile> matching(const std::string& pattern) {
  std::vector<FoundFile> found;
  glob_t result{};
  if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &result) == 0) {
    for (std::size_t i = 0; i < result.gl_pathc; ++i) {
      const std::string path = result.gl_pathv[i];
      if (!is_regular(path)) continue;
      struct stat status {};
      const bool executable = ::stat(path.c_str(), &status) == 0 && (status.st_mode & 0111) != 0;
      found.push_back({path, executable});
    }
  }
  ::globfree(&result);
  return found;
}

}  // namespace

Files files_on_disk() {
  return {read, matching};
}

}  // namespace redvip::keepalived

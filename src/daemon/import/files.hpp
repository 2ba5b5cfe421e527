// How the importer sees the disk: the shell hands these in, so that tests can hand in others.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace redvip::keepalived {

struct FoundFile {
  std::string path;
  bool executable = false;
};

struct Files {
  // The text of a regular file of at most 1 MiB. The error says why there is none.
  std::function<Result<std::string>(const std::string& path)> read;
  // The regular files that a pattern of glob(7) with {a,b} names, sorted; a path without a pattern
  // names itself if it is there.
  std::function<std::vector<FoundFile>(const std::string& pattern)> matching;
};

// Of "a/b.conf" "a"; of "b.conf" ".".
[[nodiscard]] inline std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A relative path as seen from a folder; "./x" stays short.
[[nodiscard]] inline std::string path_in(const std::string& folder, const std::string& path) {
  if (path.starts_with('/') || folder == ".") return path;
  return (folder.ends_with('/') ? folder : folder + '/') + path;
}

}  // namespace redvip::keepalived

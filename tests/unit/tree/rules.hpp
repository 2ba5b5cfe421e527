// The rules of the source tree (DESIGN section 4) as functions of a file's path and text, so that
// bad samples can be tried on them.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace redvip::tree {

// What CMakeLists.txt says about the folders: set(VRRP_SHELL socket.cpp) makes vrrp/socket.* shell.
struct Layout {
  std::set<std::string> shell;        // "vrrp/socket", without the ending
  std::set<std::string> daemon_pure;  // "daemon/node"
};
[[nodiscard]] Layout read_layout(const std::string& cmake_lists);

// One sentence for each offence, beginning with file:line. `path` is relative to src.
[[nodiscard]] std::vector<std::string> offences(const Layout& layout, const std::string& path,
                                                const std::string& text);

// Files that may be longer than 300 lines, and how long they may be. It only shrinks.
using LengthAllowance = std::map<std::string, std::size_t>;
[[nodiscard]] std::vector<std::string> too_long(const LengthAllowance& allowance,
                                                const std::string& path, const std::string& text);

}  // namespace redvip::tree

#include "daemon/force.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "daemon/files.hpp"

namespace redvip::daemon {
namespace {

constexpr std::size_t longest = 500;

std::string path_in(const std::string& runtime_dir) {
  return runtime_dir + "/force";
}

}  // namespace

Result<void> leave_reason(const std::string& runtime_dir, const std::string& reason) {
  return write_whole(path_in(runtime_dir), reason + '\n');
}

std::string take_reason(const std::string& runtime_dir) {
  std::string reason;
  if (std::ifstream file{path_in(runtime_dir)}; file) std::getline(file, reason);
  ::unlink(path_in(runtime_dir).c_str());
  reason.resize(std::min(reason.size(), longest));
  return reason.empty() ? "no reason given" : reason;
}

}  // namespace redvip::daemon

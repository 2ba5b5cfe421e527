#include "lab/command.hpp"

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace redvip::lab {

LabError system_error(const std::string& what) {
  return LabError{what + ": " + std::strerror(errno)};
}

Outcome run(const std::string& command) {
  std::FILE* pipe = ::popen(("exec 2>&1; " + command).c_str(), "re");
  if (pipe == nullptr) throw system_error("popen " + command);
  Outcome outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.output.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

void must(const std::string& command) {
  const Outcome outcome = run(command);
  if (outcome.status != 0) throw LabError{command + ": " + outcome.output};
}

}  // namespace redvip::lab

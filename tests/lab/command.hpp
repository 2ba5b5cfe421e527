// A command of the system (ip, nft), run to its end in the calling thread's network namespace.
#pragma once

#include <stdexcept>
#include <string>

namespace redvip::lab {

// The lab itself could not do what a test asked of it; never a finding about redvip.
class LabError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "what: <errno text>"
[[nodiscard]] LabError system_error(const std::string& what);

struct Outcome {
  int status = 0;      // exit status; 128 + signal when killed by one
  std::string output;  // standard output and standard error, in order
};

[[nodiscard]] Outcome run(const std::string& command);  // by /bin/sh
void must(const std::string& command);                  // throws LabError unless it exits with 0

}  // namespace redvip::lab

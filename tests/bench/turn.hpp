// Runs that share the machine, and runs that need it for themselves.
#pragma once

#include <string>

namespace redvip::bench {

// Holds a lock on a file from the construction on: with others, or alone, in the order in which
// they ask. An empty path: none.
class Turn {
 public:
  Turn(const std::string& lock_file, bool alone);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace redvip::bench

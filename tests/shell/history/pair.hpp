// Where most of the stories begin.
#pragma once

#include <ostream>

#include "catch.hpp"
#include "node.hpp"

namespace redvip {

inline std::ostream& operator<<(std::ostream& out, const Comparison& found) {
  return out << "it " << describe(found) << ", " << found.mine_only << " here, "
             << found.theirs_only << " there, both have " << found.common
             << (found.exact ? "" : ", inexact");
}

}  // namespace redvip

namespace redvip::history {

// A test case runs once for each.
inline Version any_version() {
  return GENERATE(from_range(versions()));
}

// A master and its replica, in sync, with ten keys.
struct Pair {
  explicit Pair(const Version& version, const Words& options = {})
      : old{version, 7001, options}, fresh{version, 7002, options} {
    fresh.follow(old);
    old.write(10);
    fresh.follow(old);
  }
  Node old;
  Node fresh;
};

}  // namespace redvip::history

// Where most of the stories begin.
#pragma once

#include "catch.hpp"
#include "node.hpp"

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

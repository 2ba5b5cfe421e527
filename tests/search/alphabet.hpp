// What can happen next to a node: the letters of which the searched histories are made.
#pragma once

#include <string>
#include <vector>

#include "search/surroundings.hpp"

namespace redvip::search {

struct Letter {
  std::string name;
  bool (*possible)(const Surroundings&);
  void (*happen)(Surroundings&);
};

// At most 64.
[[nodiscard]] const std::vector<Letter>& alphabet();

// Where a search begins.
struct Root {
  std::string name;
  NodeIndex self;
  void (*arrange)(Surroundings&);
};
[[nodiscard]] const std::vector<Root>& roots();

}  // namespace redvip::search

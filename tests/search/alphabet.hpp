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

// All of them, at most 64; or the everyday ones only, which can be searched deeper.
[[nodiscard]] std::vector<Letter> alphabet();
[[nodiscard]] std::vector<Letter> everyday();

// Where a search begins.
struct Root {
  std::string name;
  NodeIndex self;
  void (*arrange)(Surroundings&);
};
[[nodiscard]] const std::vector<Root>& roots();

}  // namespace redvip::search

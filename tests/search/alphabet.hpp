// What can happen next to a node: the letters of which the searched histories are made.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "search/surroundings.hpp"

namespace redvip::search {

struct Letter {
  std::string name;
  bool (*possible)(const Surroundings&);
  void (*happen)(Surroundings&);
};

// All letters, at most 64; the everyday ones, which can be searched deeper; and any choice of them.
[[nodiscard]] std::vector<Letter> alphabet();
[[nodiscard]] std::vector<Letter> everyday();
[[nodiscard]] std::vector<Letter> named(const std::set<std::string>& names);

// Where a search begins.
struct Root {
  std::string name;
  NodeIndex self;
  void (*arrange)(Surroundings&);
};
[[nodiscard]] const std::vector<Root>& roots();

}  // namespace redvip::search

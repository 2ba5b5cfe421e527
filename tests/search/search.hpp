// Every history of the alphabet's letters from every root, breadth first, so that the first one
// that breaks a rule is also among the shortest. A Node cannot be copied: each history is played
// anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/planted.hpp"

namespace redvip::search {

struct Violation {
  std::string rule;                  // its number and a sentence
  std::vector<std::string> history;  // root, letters, and what the node did, a line each
};

struct Found {
  std::size_t states = 0;     // that differ
  std::size_t histories = 0;  // that were played
  std::optional<Violation> violation;
};

// From the root of that number, to histories of `depth` letters.
[[nodiscard]] Found search(std::size_t root, std::size_t depth, Planted bug);

}  // namespace redvip::search

// All histories of the alphabet's letters from all roots, breadth first, so that the first one
// that breaks a rule is also among the shortest. A Node cannot be copied: each history is played
// anew.
#pragma once

#include <string>
#include <vector>

#include "search/alphabet.hpp"

namespace redvip::search {

struct Violation {
  std::string rule;                  // its number and a sentence
  std::vector<std::string> history;  // root, letters, and what the node did, a line each
};

struct Found {
  std::size_t states = 0;             // that differ
  std::size_t histories = 0;          // that were played
  std::vector<Violation> violations;  // the first of each rule; nothing is searched beyond one
};

// From all roots at once, to histories of `depth` letters.
// With `until`: no further than to the first violation of the rule of that number.
[[nodiscard]] Found search(const std::vector<Letter>& letters, std::size_t depth, Planted bug,
                           const std::string& until = {});

}  // namespace redvip::search

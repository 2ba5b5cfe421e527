// Exhaustive: one Node of a two-node site, every history of the alphabet to a stated depth, from
// every root. REDVIP_SEARCH_DEPTH asks for another depth.
#include "search/search.hpp"

#include <cstdlib>
#include <iostream>

#include "catch.hpp"
#include "search/alphabet.hpp"

namespace redvip::search {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t usual_depth = 3;
#else
constexpr std::size_t usual_depth = 4;
#endif

std::size_t depth() {
  const auto* asked = std::getenv("REDVIP_SEARCH_DEPTH");
  return asked ? static_cast<std::size_t>(std::atoi(asked)) : usual_depth;
}

std::string text(const Violation& violation) {
  std::string result = violation.rule + '\n';
  for (const auto& line : violation.history) result += "  " + line + '\n';
  return result;
}

TEST_CASE("no history of events breaks a rule, and from every state there is a way back") {
  for (std::size_t root = 0; root < roots().size(); ++root) {
    const auto found = search(root, depth(), Planted::none);
    std::cout << "search, " << roots()[root].name << ": depth " << depth() << ", " << found.states
              << " states, " << found.histories << " histories\n";
    INFO((found.violation ? text(*found.violation) : ""));
    CHECK_FALSE(found.violation);
  }
}

TEST_CASE("every planted bug is found, with the shortest history that shows it") {
  for (int i = 1; i < static_cast<int>(Planted::count_); ++i) {
    const auto bug = static_cast<Planted>(i);
    std::optional<Violation> shortest;
    for (std::size_t length = 1; length <= 4 && !shortest; ++length) {
      for (std::size_t root = 0; root < roots().size() && !shortest; ++root) {
        shortest = search(root, length, bug).violation;
      }
    }
    INFO(name(bug));
    REQUIRE(shortest);
    std::cout << name(bug) << ": " << text(*shortest);
  }
}

}  // namespace
}  // namespace redvip::search

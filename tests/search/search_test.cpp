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
  const auto found = search(depth(), Planted::none);
  std::cout << "searched to depth " << depth() << ": " << alphabet().size() << " letters, "
            << roots().size() << " roots, " << found.states << " states, " << found.histories
            << " histories\n";
  for (const auto& violation : found.violations) FAIL_CHECK(text(violation));
}

TEST_CASE("every planted bug is found, with one of the shortest histories that show it") {
  for (int i = 1; i < static_cast<int>(Planted::count_); ++i) {
    const auto bug = static_cast<Planted>(i);
    const std::string rule = breaks(bug);
    const auto found = search(4, bug, rule);
    INFO(name(bug));
    REQUIRE_FALSE(found.violations.empty());
    CHECK(found.violations.back().rule.rfind(rule, 0) == 0);
    std::cout << "planted " << name(bug) << ": " << text(found.violations.back());
  }
}

}  // namespace
}  // namespace redvip::search

// Exhaustive: one Node of a two-node site, every history of the alphabet to a stated depth, from
// every root. REDVIP_SEARCH_DEPTH and REDVIP_SEARCH_EVERYDAY ask for other depths.
#include "search/search.hpp"

#include <cstdlib>
#include <iostream>

#include "catch.hpp"
#include "search/alphabet.hpp"

namespace redvip::search {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t depth_of_all = 2;
constexpr std::size_t depth_of_everyday = 3;
#else
constexpr std::size_t depth_of_all = 4;
constexpr std::size_t depth_of_everyday = 7;
#endif

std::size_t asked(const char* variable, std::size_t usual) {
  const auto* text = std::getenv(variable);
  return text ? static_cast<std::size_t>(std::atoi(text)) : usual;
}

std::string text(const Violation& violation) {
  std::string result = violation.rule + '\n';
  for (const auto& line : violation.history) result += "  " + line + '\n';
  return result;
}

void search_through(const std::vector<Letter>& letters, std::size_t depth) {
  const auto found = search(letters, depth, Planted::none);
  std::cout << "searched to depth " << depth << ": " << letters.size() << " letters, "
            << roots().size() << " roots, " << found.states << " states, " << found.histories
            << " histories\n";
  for (const auto& violation : found.violations) FAIL_CHECK(text(violation));
}

TEST_CASE("no history of events breaks a rule, and from every state there is a way back") {
  search_through(alphabet(), asked("REDVIP_SEARCH_DEPTH", depth_of_all));
}

TEST_CASE("nor does any longer one of everyday events") {
  search_through(everyday(), asked("REDVIP_SEARCH_EVERYDAY", depth_of_everyday));
}

TEST_CASE("every planted bug is found, with one of the shortest histories that show it") {
  const auto letters =
      named({"the next timer is due", "100 ms pass, all is answered", "310 ms pass in silence",
             "the process is frozen for 3 s", "own Redis: replica in mid-sync",
             "its Redis: restarted empty", "interface up or down", "switchover asked", "end asked",
             "paused or resumed"});
  for (int i = 1; i < static_cast<int>(Planted::count_); ++i) {
    const auto bug = static_cast<Planted>(i);
    const std::string rule = breaks(bug);
    const auto found = search(letters, 5, bug, rule);
    INFO(name(bug));
    REQUIRE_FALSE(found.violations.empty());
    CHECK(found.violations.back().rule.rfind(rule, 0) == 0);
    std::cout << "planted " << name(bug) << ", " << found.histories
              << " histories: " << text(found.violations.back());
  }
}

}  // namespace
}  // namespace redvip::search

#include "search/search.hpp"

#include <memory>
#include <unordered_set>

#include "search/alphabet.hpp"
#include "search/continuation.hpp"

namespace redvip::search {
namespace {

// How a state was reached: by one letter from another.
struct Reached {
  std::size_t from;
  std::size_t letter;
  std::uint64_t possible;  // a bit for each letter that can happen in it
};

class Search {
 public:
  Search(const Root& root, Planted bug) : root_{root}, bug_{bug} {}

  Found run(std::size_t depth) {
    const auto first = play({});
    arrived(*first, Reached{0, 0, 0});
    std::size_t begin = 0;
    for (std::size_t length = 1; length <= depth && !found_.violation; ++length) {
      const auto end = reached_.size();
      for (auto state = begin; state < end && !found_.violation; ++state) expand(state);
      begin = end;
    }
    found_.states = reached_.size();
    return std::move(found_);
  }

 private:
  using Letters = std::vector<std::size_t>;
  using End = void (*)(Surroundings&);

  Letters letters_to(std::size_t state) const {
    Letters letters;
    for (; state > 0; state = reached_[state].from) letters.push_back(reached_[state].letter);
    return {letters.rbegin(), letters.rend()};
  }

  std::unique_ptr<Surroundings> play(const Letters& letters) const {
    auto world = std::make_unique<Surroundings>(root_.self, bug_);
    root_.arrange(*world);
    for (const auto letter : letters) alphabet()[letter].happen(*world);
    return world;
  }

  void expand(std::size_t state) {
    auto letters = letters_to(state);
    letters.push_back(0);
    for (std::size_t letter = 0; letter < alphabet().size() && !found_.violation; ++letter) {
      if ((reached_[state].possible >> letter & 1U) == 0) continue;
      letters.back() = letter;
      auto world = play(letters);
      ++found_.histories;
      if (world->watch().broken()) return report(letters, [](Surroundings&) {});
      if (arrived(*world, Reached{state, letter, 0})) look_ahead(*world, letters);
    }
  }

  bool arrived(const Surroundings& world, Reached how) {
    if (!seen_.insert(world.fingerprint()).second) return false;
    for (std::size_t letter = 0; letter < alphabet().size() && !world.watch().exited(); ++letter) {
      if (alphabet()[letter].possible(world)) how.possible |= std::uint64_t{1} << letter;
    }
    reached_.push_back(how);
    return true;
  }

  void look_ahead(Surroundings& world, const Letters& letters) {
    const bool paused = world.watch().writes_paused(0) || world.watch().writes_paused(1);
    becomes_well(world);
    if (world.watch().broken()) return report(letters, becomes_well);
    if (!paused) return;
    const auto again = play(letters);
    unpauses(*again);
    if (again->watch().broken()) report(letters, unpauses);
  }

  // Played once more, with everything written down.
  void report(const Letters& letters, End end) {
    Surroundings world{root_.self, bug_};
    std::vector<std::string> done;
    Violation violation;
    root_.arrange(world);
    world.write_down(&done);
    const auto happened = [&](const std::string& what) {
      violation.history.push_back(what);
      for (auto& word : std::exchange(done, {})) violation.history.push_back("    " + word);
    };
    happened(root_.name);
    for (const auto letter : letters) {
      alphabet()[letter].happen(world);
      happened(alphabet()[letter].name);
    }
    end(world);
    happened("and then, all being well:");
    violation.rule = world.watch().broken().value_or("it did not happen again");
    found_.violation = std::move(violation);
  }

  const Root& root_;
  Planted bug_;
  std::vector<Reached> reached_;
  std::unordered_set<std::uint64_t> seen_;
  Found found_;
};

}  // namespace

Found search(std::size_t root, std::size_t depth, Planted bug) {
  return Search{roots().at(root), bug}.run(depth);
}

}  // namespace redvip::search

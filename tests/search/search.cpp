#include "search/search.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_set>

#include "search/alphabet.hpp"
#include "search/continuation.hpp"

namespace redvip::search {
namespace {

// How a state was reached: by one letter from another.
struct Reached {
  std::size_t root;
  std::size_t from;  // itself: the root
  std::size_t letter;
  std::uint64_t possible;  // a bit for each letter that can happen in it
};

class Search {
 public:
  Search(std::vector<Letter> letters, Planted bug, std::string until)
      : letters_{std::move(letters)}, bug_{bug}, until_{std::move(until)} {}

  Found run(std::size_t depth) {
    for (std::size_t root = 0; root < roots().size(); ++root) {
      const History none{root, {}};
      arrived(*play(none), Reached{root, reached_.size(), 0, 0});
    }
    std::size_t begin = 0;
    for (std::size_t length = 1; length <= depth && !over_; ++length) {
      const auto end = reached_.size();
      for (auto state = begin; state < end && !over_; ++state) expand(state);
      begin = end;
    }
    found_.states = reached_.size();
    return std::move(found_);
  }

 private:
  struct History {
    std::size_t root;
    std::vector<std::size_t> letters;
  };
  using End = void (*)(Surroundings&);

  History history_of(std::size_t state) const {
    History history{reached_[state].root, {}};
    for (; reached_[state].from != state; state = reached_[state].from) {
      history.letters.push_back(reached_[state].letter);
    }
    std::reverse(history.letters.begin(), history.letters.end());
    return history;
  }

  std::unique_ptr<Surroundings> play(const History& history) const {
    const auto& root = roots()[history.root];
    auto world = std::make_unique<Surroundings>(root.self, bug_);
    root.arrange(*world);
    for (const auto letter : history.letters) letters_[letter].happen(*world);
    return world;
  }

  void expand(std::size_t state) {
    auto history = history_of(state);
    history.letters.push_back(0);
    for (std::size_t letter = 0; letter < letters_.size() && !over_; ++letter) {
      if ((reached_[state].possible >> letter & 1U) == 0) continue;
      history.letters.back() = letter;
      const auto world = play(history);
      ++found_.histories;
      if (world->watch().broken()) {
        report(history, *world, [](Surroundings&) {});
        continue;
      }
      const bool news = arrived(*world, Reached{history.root, state, letter, 0});
      if (news) look_ahead(*world, history);
    }
  }

  bool arrived(const Surroundings& world, Reached how) {
    if (!seen_.insert(world.fingerprint()).second) return false;
    for (std::size_t letter = 0; letter < letters_.size() && !world.watch().exited(); ++letter) {
      if (letters_[letter].possible(world)) how.possible |= std::uint64_t{1} << letter;
    }
    reached_.push_back(how);
    return true;
  }

  void look_ahead(Surroundings& world, const History& history) {
    const bool paused = world.watch().writes_paused(0) || world.watch().writes_paused(1);
    becomes_well(world);
    if (world.watch().broken()) return report(history, world, becomes_well);
    if (!paused) return;
    const auto again = play(history);
    unpauses(*again);
    if (again->watch().broken()) report(history, *again, unpauses);
  }

  // Played once more, with everything written down.
  void report(const History& history, const Surroundings& broken, End end) {
    const auto rule = broken.watch().broken().value();
    if (!reported_.insert(rule).second) return;
    over_ = !until_.empty() && rule.rfind(until_, 0) == 0;
    const auto& root = roots()[history.root];
    Surroundings world{root.self, bug_};
    std::vector<std::string> done;
    Violation violation{rule, {}};
    root.arrange(world);
    world.write_down(&done);
    const auto happened = [&](const std::string& what) {
      violation.history.push_back(what);
      for (auto& word : std::exchange(done, {})) violation.history.push_back("    " + word);
    };
    happened(root.name);
    for (const auto letter : history.letters) {
      letters_[letter].happen(world);
      happened(letters_[letter].name);
    }
    end(world);
    happened("and then, all being well:");
    found_.violations.push_back(std::move(violation));
  }

  std::vector<Letter> letters_;
  Planted bug_;
  std::string until_;
  bool over_ = false;
  std::set<std::string> reported_;
  std::vector<Reached> reached_;
  std::unordered_set<std::uint64_t> seen_;
  Found found_;
};

}  // namespace

Found search(const std::vector<Letter>& letters, std::size_t depth, Planted bug,
             const std::string& until) {
  return Search{letters, bug, until}.run(depth);
}

}  // namespace redvip::search

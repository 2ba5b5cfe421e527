#include <atomic>
#include <mutex>
#include <thread>

#include "catch.hpp"
#include "sim/simulation.hpp"

using namespace redvip::sim;

namespace {

// Under AddressSanitizer a run takes fifteen times as long; redvip_sim --seeds N runs any number.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t all_seeds = 300;
#else
constexpr std::uint64_t all_seeds = 2000;
#endif

// Runs seeds 1 .. count on two threads; each run is a world of its own. `done` is called for each,
// one at a time, until it returns false.
template <class Done>
void for_each_seed(std::uint64_t count, Mutant mutant, const Done& done) {
  std::atomic<std::uint64_t> next{1};
  std::mutex one_at_a_time;
  const auto work = [&] {
    for (auto seed = next++; seed <= count; seed = next++) {
      const auto outcome = simulate(seed, false, mutant);
      const std::lock_guard guard{one_at_a_time};
      if (!done(outcome)) next = count + 1;
    }
  };
  std::thread other{work};
  work();
  other.join();
}

void is_caught(Mutant mutant, std::uint64_t seeds, std::initializer_list<std::string> by) {
  INFO(name(mutant));
  bool caught = false;
  for_each_seed(seeds, mutant, [&](const Outcome& outcome) {
    if (!outcome.broken) return true;
    const auto number = outcome.broken->substr(0, outcome.broken->find(':'));
    for (const auto& expected : by) caught = caught || number == expected;
    return !caught;
  });
  CHECK(caught);
}

}  // namespace

TEST_CASE("the same seed is the same run, with and without a transcript") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto first = simulate(seed, false);
    const auto second = simulate(seed, true);
    CHECK(first.hash == second.hash);
    CHECK(first.transcript.empty());
    CHECK_FALSE(second.transcript.empty());
  }
  CHECK(simulate(1, false).hash != simulate(2, false).hash);
}

TEST_CASE("no schedule of faults breaks an invariant, and all of them heal") {
  std::string failures;
  for_each_seed(all_seeds, Mutant::none, [&](const Outcome& outcome) {
    if (outcome.broken) {
      failures += "seed " + std::to_string(outcome.seed) + " breaks " + *outcome.broken + "\n";
    }
    return true;
  });
  INFO(failures << "replay with: redvip_sim --seed N --trace");
  CHECK(failures.empty());
}

TEST_CASE("an address that comes before the promotion is caught") {
  is_caught(Mutant::vip_before_promotion, 100, {"S6"});
}

TEST_CASE("a promotion that does not drain is caught") {
  is_caught(Mutant::no_drain, 1000, {"S9"});
}

TEST_CASE("ignoring whose history is longer is caught") {
  is_caught(Mutant::lineage_ignored, 1000, {"S8", "S9", "S10"});
}

TEST_CASE("removing the address without resetting its clients is caught") {
  is_caught(Mutant::no_reset, 100, {"S7"});
}

TEST_CASE("believing a stale timer is caught") {
  is_caught(Mutant::stale_timers, 100, {"S31", "S34", "S35"});
}

TEST_CASE("advertising after a stall without looking is caught") {
  is_caught(Mutant::blind_after_stall, 200, {"S20"});
}

TEST_CASE("never parking the loser is caught") {
  is_caught(Mutant::no_park, 1000, {"S34"});
}

TEST_CASE("following another without comparing is caught") {
  is_caught(Mutant::blind_follow, 500, {"S8", "S10"});
}

#include "catch.hpp"
#include "sim/swarm.hpp"

using namespace redvip::sim;

namespace {

// Under AddressSanitizer a run takes fifteen times as long; redvip_sim --seeds N runs any number.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t all_seeds = 200;
#else
constexpr std::uint64_t all_seeds = 2000;
#endif

std::string failures_of(const Plan& first, std::uint64_t count) {
  std::string failures;
  run_swarm(first, count, [&](const Outcome& outcome) {
    if (outcome.broken) {
      failures += "seed " + std::to_string(outcome.seed) + " breaks " + *outcome.broken + "\n";
    }
    return true;
  });
  return failures;
}

// A planted bug, the invariants that mean it, and where the search begins: at a seed that is known
// to find it. `redvip_sim --mutant NAME --shortest` tells how. Not here: journal_*, no_kick and
// peers_left_alone, of which the other safeguards leave too few traces to search for in a test.
struct Bug {
  Mutant mutant;
  std::initializer_list<const char*> breaks;
  std::uint64_t seed = 1;
  Character character = Character::any;
};

const Bug bugs[] = {
    {Mutant::vip_before_promotion, {"S6"}},
    {Mutant::promote_without_look, {"S6", "S31"}},
    {Mutant::no_drain, {"S9"}, 180},
    {Mutant::no_guard, {"S9"}, 21, Character::slow_streams},
    {Mutant::guard_for_ever, {"S34"}, 1265},
    {Mutant::lineage_ignored, {"S8", "S10", "S11"}, 16},
    {Mutant::bigger_offset_wins, {"S10"}, 7},
    {Mutant::longer_history_ignored, {"S10", "S12", "S29"}, 1839},
    {Mutant::stale_look, {"S4"}, 2},
    {Mutant::frozen_offset_ignored, {"S8", "S11", "S12"}, 30},
    {Mutant::half_copy_promoted, {"S9", "S11"}, 366, Character::slow_streams},
    {Mutant::priority_zero_ignored, {"S12"}, 69},
    {Mutant::no_reset, {"S7"}},
    {Mutant::vip_kept, {"S1", "S4"}},
    {Mutant::vip_not_refreshed, {"S27"}},
    {Mutant::no_announcement, {"S36"}},
    {Mutant::release_not_sent, {"S32"}, 145},
    {Mutant::advantage_never_given, {"S1", "S29", "S35"}, 2},
    {Mutant::stale_timers, {"S31", "S34", "S35", "S37"}},
    {Mutant::blind_after_stall, {"S20"}, 7},
    {Mutant::late_actions, {"S20"}, 5326},
    {Mutant::no_pause, {"S8", "S11", "S12"}, 267},
    {Mutant::no_unpause, {"S35"}, 228},
    {Mutant::no_park, {"S5", "S34"}},
    {Mutant::blind_follow, {"S10"}, 26},
    {Mutant::nothing_kept, {"S10"}, 391},
    {Mutant::tail_skipped, {"S10"}, 28},
    {Mutant::command_in_pause, {"S21"}, 7},
};

bool is_one_of(const std::string& broken, const Bug& bug) {
  for (const auto* number : bug.breaks) {
    if (broken.rfind(std::string{number} + ":", 0) == 0) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("the same seed is the same run, with and without a transcript") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Plan plan;
    plan.seed = seed;
    const auto first = simulate(plan);
    plan.transcript = true;
    const auto second = simulate(plan);
    CHECK(first.hash == second.hash);
    CHECK(first.transcript.empty());
    CHECK_FALSE(second.transcript.empty());
  }
}

TEST_CASE("no schedule of faults breaks an invariant, and all of them heal") {
  const auto failures = failures_of({}, all_seeds);
  INFO(failures << "replay with: redvip_sim --seed N --shrink");
  CHECK(failures.empty());
}

TEST_CASE("slow streams, and restarts of everything, break none either") {
  Plan plan;
  plan.character = Character::slow_streams;
  CHECK(failures_of(plan, all_seeds / 8) == "");
  plan.character = Character::restarts;
  CHECK(failures_of(plan, all_seeds / 8) == "");
}

// S6: a Redis just parked was taken for a master; S35: left paused by a take-over that came to
// nothing; S12: of three nodes one was compared before it had read its link; S12: parked by its own
// reading of a tail while it led; S35: left paused by a hand-over of the redvip that ran there
// before.
TEST_CASE("seeds that found a bug find it no more") {
  const std::pair<std::uint64_t, Character> found[] = {{1028, Character::any},
                                                       {3887, Character::any},
                                                       {776, Character::restarts},
                                                       {24266, Character::any},
                                                       {406918, Character::any}};
  for (const auto& [seed, character] : found) {
    Plan plan;
    plan.seed = seed;
    plan.character = character;
    INFO(seed);
    CHECK_FALSE(simulate(plan).broken);
  }
}

TEST_CASE("every planted bug is caught by an invariant that means it") {
  for (const auto& bug : bugs) {
    Plan plan;
    plan.seed = bug.seed;
    plan.mutant = bug.mutant;
    plan.character = bug.character;
    bool caught = false;
    run_swarm(plan, 200, [&](const Outcome& outcome) {
      caught = caught || (outcome.broken && is_one_of(*outcome.broken, bug));
      return !caught;
    });
    INFO(name(bug.mutant));
    CHECK(caught);
  }
}

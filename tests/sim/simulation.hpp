// One run: a world made from a seed, chaos in which nothing may be broken, and a heal phase after
// which everything must be well again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/mutants.hpp"

namespace redvip::sim {

// What a run is about: chance decides, or one kind of trouble comes again and again.
enum class Character : std::uint8_t { any, slow_streams, restarts };

struct Plan {
  std::uint64_t seed = 1;
  bool transcript = false;
  Mutant mutant = Mutant::none;
  Character character = Character::any;
  unsigned most_faults = 1000;  // fewer make the same run, cut short
};

struct Outcome {
  std::uint64_t seed = 0;
  std::optional<std::string> broken;  // the invariant, by number, and a sentence
  bool operator_asked = false;        // to decide whose data is wanted
  std::uint64_t hash = 0;             // of everything that happened
  double virtual_seconds = 0;
  std::vector<std::string> transcript;  // when asked for; without lines that tell nothing
};

[[nodiscard]] Outcome simulate(const Plan& plan);

// The same failure with as few faults as it needs.
[[nodiscard]] Plan shrunk(Plan failing);

}  // namespace redvip::sim

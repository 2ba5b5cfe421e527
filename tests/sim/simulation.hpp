// One run: a world made from a seed, chaos in which nothing may be broken, and a heal phase after
// which everything must be well again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/mutants.hpp"

namespace redvip::sim {

struct Outcome {
  std::uint64_t seed = 0;
  std::optional<std::string> broken;  // the invariant, by number, and a sentence
  std::uint64_t hash = 0;             // of everything that happened
  double virtual_seconds = 0;
  std::vector<std::string> transcript;  // when asked for
};

[[nodiscard]] Outcome simulate(std::uint64_t seed, bool transcript, Mutant mutant = Mutant::none);

}  // namespace redvip::sim

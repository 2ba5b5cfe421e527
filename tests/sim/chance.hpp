// All randomness of a run comes from one seed through this. The standard distributions differ
// between libraries, so they are not used: a seed must mean the same run everywhere.
#pragma once

#include <cstdint>
#include <random>

#include "core/types.hpp"

namespace redvip::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_{seed} {}

  // 0 .. limit - 1
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }
  [[nodiscard]] bool percent(unsigned p) { return below(100) < p; }
  // lowest .. highest, both included
  [[nodiscard]] Micros between(Micros lowest, Micros highest) {
    const auto span = static_cast<std::uint64_t>((highest - lowest).count()) + 1;
    return lowest + Micros{static_cast<std::int64_t>(below(span))};
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace redvip::sim

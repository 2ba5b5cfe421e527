// Many runs at once: each is a world of its own, so they share nothing but the count.
#pragma once

#include <functional>

#include "sim/simulation.hpp"

namespace redvip::sim {

// Runs the seeds first.seed .. first.seed + count - 1 on every core. `done` is called for each, one
// at a time and in no order, until it returns false.
void run_swarm(const Plan& first, std::uint64_t count,
               const std::function<bool(const Outcome&)>& done);

}  // namespace redvip::sim

#include "sim/swarm.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace redvip::sim {

void run_swarm(const Plan& first, std::uint64_t count,
               const std::function<bool(const Outcome&)>& done) {
  const auto end = first.seed + count;
  std::atomic<std::uint64_t> next{first.seed};
  std::mutex one_at_a_time;
  const auto work = [&] {
    for (auto seed = next++; seed < end; seed = next++) {
      auto plan = first;
      plan.seed = seed;
      const auto outcome = simulate(plan);
      const std::lock_guard guard{one_at_a_time};
      if (!done(outcome)) next = end;
    }
  };
  std::vector<std::thread> others(std::max(1U, std::thread::hardware_concurrency()) - 1);
  for (auto& other : others) other = std::thread{work};
  work();
  for (auto& other : others) other.join();
}

}  // namespace redvip::sim

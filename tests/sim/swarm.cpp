#include "sim/swarm.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace redvip::sim {

void run_swarm(std::uint64_t first, std::uint64_t count, Mutant mutant,
               const std::function<bool(const Outcome&)>& done) {
  const auto end = first + count;
  std::atomic<std::uint64_t> next{first};
  std::mutex one_at_a_time;
  const auto work = [&] {
    for (auto seed = next++; seed < end; seed = next++) {
      const auto outcome = simulate({seed, false, mutant});
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

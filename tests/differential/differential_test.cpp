// Is the modelled Redis a Redis? The same random scripts on two modelled and two real ones.
#include <chrono>
#include <memory>
#include <thread>

#include "catch.hpp"
#include "differential/pair.hpp"

using namespace redvip;
using namespace redvip::differential;

namespace {

constexpr std::uint64_t scripts = 20;
constexpr std::uint64_t first = 1;
constexpr int steps = 12;

// Real replicas come back within a second or two; whatever is reached must also stay.
bool agree(Pair& pair) {
  const auto end = std::chrono::steady_clock::now() + Seconds{5};
  int times = 0;
  while (times < 2 && std::chrono::steady_clock::now() < end) {
    times = pair.real() == pair.modelled() ? times + 1 : 0;
    std::this_thread::sleep_for(Millis{20});
  }
  return times == 2;
}

}  // namespace

TEST_CASE("the modelled Redis and a real one end every step of every script alike") {
  enter_own_network();
  std::vector<std::unique_ptr<Pair>> pairs;
  for (std::uint64_t seed = first; seed < first + scripts; ++seed) {
    pairs.push_back(
        std::make_unique<Pair>(seed, static_cast<std::uint16_t>(7000 + 2 * (seed - first))));
  }
  // All scripts take their steps together, so that they wait together.
  for (int step = 0; step < steps; ++step) {
    for (auto& pair : pairs) {
      if (pair) pair->step();
    }
    for (auto& pair : pairs) {
      if (!pair) continue;
      const bool alike = agree(*pair);
      if (!alike) {
        UNSCOPED_INFO(pair->story());
        UNSCOPED_INFO("modelled:\n" << pair->modelled() << "real:\n" << pair->real());
      }
      CHECK(alike);
      if (!alike) pair.reset();
    }
  }
}

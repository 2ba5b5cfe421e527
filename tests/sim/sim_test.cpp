#include "catch.hpp"
#include "sim/simulation.hpp"

using namespace redvip::sim;

TEST_CASE("the same seed is the same run") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CHECK(simulate(seed, false).hash == simulate(seed, true).hash);
  }
}

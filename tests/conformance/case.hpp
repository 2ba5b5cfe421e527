// The cases of reference/vrrp.md section 5, under their names there.
#pragma once

#include <string>
#include <vector>

#include "conformance/bench.hpp"

namespace redvip::conformance {

// When it runs: the longest begin first, and what loads the machine comes after all others.
enum class Turn : std::uint8_t { any, first, last };

struct Case {
  std::string id;
  std::string title;  // the claim
  void (*run)(Kind);  // throws Failure or NotApplicable
  Turn turn = Turn::any;
};

[[nodiscard]] std::vector<Case> transmission_cases();  // TX: what it sends
[[nodiscard]] std::vector<Case> announcement_cases();
[[nodiscard]] std::vector<Case> reception_cases();  // RX: what it believes
[[nodiscard]] std::vector<Case> v2_reception_cases();
[[nodiscard]] std::vector<Case> ah_cases();
[[nodiscard]] std::vector<Case> state_cases();  // FS: when it leads
[[nodiscard]] std::vector<Case> data_cases();   // DP: who answers for the VIP
[[nodiscard]] std::vector<Case> noise_cases();  // NZ: what must not disturb it

// Both families' usual routers.
[[nodiscard]] Router v4();
[[nodiscard]] Router v6();
[[nodiscard]] Router v2();  // an interval of 1 s, its smallest
[[nodiscard]] Router v2_pass(const std::string& password);
[[nodiscard]] Router with_vmac(Router router);

}  // namespace redvip::conformance

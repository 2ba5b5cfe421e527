// receive() for the tests: one virtual router that has heard nothing yet, and verdicts as text.
#pragma once

#include "unit/vrrp/wire.hpp"
#include "vrrp/receive.hpp"

namespace redvip::vrrp::wire {

inline const WallTime noon{Seconds{1'800'000'000}};

// VRRPv3 over IPv4: VRID 51, 10.0.0.100, 1 s; we are 10.0.0.1 with priority 100.
inline Expectation expectation() {
  Expectation expected{Version::v3,
                       Vrid::of(51),
                       {ip("10.0.0.100")},
                       Centiseconds{100},
                       Priority::of(100),
                       ip("10.0.0.1"),
                       {ip("10.0.0.5"), ip("10.0.0.6")}};
  return expected;
}

inline Expectation expectation_v2() {
  auto expected = expectation();
  expected.version = Version::v2;
  return expected;
}

using Outcome = tl::expected<Received, Rejected>;

inline Outcome hear(const Octets& packet, const Expectation& expected) {
  SequenceNumbers numbers;
  return receive({packet, std::nullopt}, expected, numbers, noon);
}

// The reason, or "accepted": a failing test then says what happened instead.
inline std::string verdict(const Outcome& outcome) {
  return outcome ? "accepted" : std::string{name(outcome.error().reason)};
}
inline std::string verdict(const Octets& packet, const Expectation& expected) {
  return verdict(hear(packet, expected));
}

}  // namespace redvip::vrrp::wire

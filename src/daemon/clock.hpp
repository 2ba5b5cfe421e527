// The only two clocks of the program: a monotonic one for decisions, and UTC for people.
#pragma once

#include <chrono>
#include <string>

#include "core/types.hpp"

namespace redvip::daemon {

[[nodiscard]] inline Instant now() {
  return Instant{
      std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now().time_since_epoch())};
}

// UTC, as the sequence numbers of VRRP authentication count it.
[[nodiscard]] inline std::chrono::sys_time<Micros> wall_now() {
  return std::chrono::time_point_cast<Micros>(std::chrono::system_clock::now());
}

// Milliseconds since 1970, UTC.
[[nodiscard]] inline std::int64_t wall_now_ms() {
  return std::chrono::floor<Millis>(wall_now()).time_since_epoch().count();
}

// "2026-11-19T03:12:07.113Z"
[[nodiscard]] std::string utc_text(std::chrono::system_clock::time_point time);
[[nodiscard]] inline std::string utc_now() {
  return utc_text(std::chrono::system_clock::now());
}

}  // namespace redvip::daemon

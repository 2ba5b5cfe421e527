// How well things stand, as the exit code of `redvip status` (DESIGN section 3).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "daemon/status.hpp"

namespace redvip::daemon {

// The numbers are the exit codes; a higher one is worse.
enum class Health : int {
  fine = 0,
  degraded = 1,    // serving, but something that should be there is not, or automatic change is off
  no_standby = 2,  // serving, and nobody could take over
  no_service = 3,  // nobody is known to own it
  two_owners = 4,
  not_running = 5,  // no daemon to ask: no status file, or one that nobody refreshes
};

inline constexpr int exit_usage = 6;  // wrong arguments or a refused configuration

// UTC wall-clock time, as the files write it.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Millis>;

[[nodiscard]] std::optional<WallTime> parse_time(std::string_view iso_8601);  // ...T03:12:07.113Z

inline constexpr Seconds status_is_stale_after{2};

[[nodiscard]] Health health(const ServiceStatus& service);
// Of the worst service; not_running when the status was written more than two seconds before `now`.
[[nodiscard]] Health health(const DaemonStatus& status, WallTime now);
[[nodiscard]] int exit_code(const DaemonStatus& status, WallTime now);

[[nodiscard]] std::string_view words(Health health);

}  // namespace redvip::daemon

// The state of a service as an operator is shown it. Pure.
#pragma once

#include "core/service.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

// All but `since`, `paused_since` and `paused_until`, which are wall-clock times.
[[nodiscard]] ServiceStatus status_of(const Service& service, Instant now);

}  // namespace redvip::daemon

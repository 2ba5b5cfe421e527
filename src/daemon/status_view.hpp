// The state of a service as an operator is shown it. Pure.
#pragma once

#include "core/service.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

// All but `since`, which is wall-clock time.
[[nodiscard]] ServiceStatus status_of(const Service& service, Instant now);

}  // namespace redvip::daemon

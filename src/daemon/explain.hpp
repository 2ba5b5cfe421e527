// `redvip explain`: why this node owns a service or does not, and what the others lack. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/history.hpp"
#include "daemon/status.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

// A paragraph, ending with a newline. `history` is of this node, oldest first.
[[nodiscard]] std::string explain(const ServiceStatus& service,
                                  const std::vector<HistoryRecord>& history, WallTime now);

}  // namespace redvip::daemon

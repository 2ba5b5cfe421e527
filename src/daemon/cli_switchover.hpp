// `redvip switchover`: shows the checks, asks the daemon, follows what comes of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli_request.hpp"
#include "daemon/history.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

// One thing that must be right, and whether it is.
struct Precondition {
  bool met = false;
  std::string text;
};

struct Preview {
  std::vector<Precondition> checks;
  std::string plan;  // what would be done; empty: nothing, because a check is not met
};

// What a switchover of `service` to `to` (empty: the best) would meet, by what is known here now.
// The daemon decides by itself, on what it sees then.
[[nodiscard]] Preview preview_switchover(const ServiceStatus& service, const std::string& to);

// What has become of a switchover of `before`, judged by this node's new history records and its
// status now; nullopt: not decided yet.
[[nodiscard]] std::optional<Outcome> switchover_outcome(const ServiceStatus& before,
                                                        const std::vector<HistoryRecord>& records,
                                                        const std::optional<DaemonStatus>& now);

[[nodiscard]] int switchover(const Invocation& asked);

}  // namespace redvip::daemon

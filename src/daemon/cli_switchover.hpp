// The commands that ask the daemon for something and wait to see it done.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli.hpp"
#include "daemon/history.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

struct Outcome {
  bool done = false;  // what was asked has happened
  std::string text;   // a sentence
};

// What has become of a switchover of `before`, judged by this node's new history records and its
// status now; nullopt: not decided yet.
[[nodiscard]] std::optional<Outcome> switchover_outcome(const ServiceStatus& before,
                                                        const std::vector<HistoryRecord>& records,
                                                        const std::optional<DaemonStatus>& now);

[[nodiscard]] int switchover(const Invocation& asked);
[[nodiscard]] int set_paused(const Invocation& asked, bool paused);

}  // namespace redvip::daemon

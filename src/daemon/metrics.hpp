// What Prometheus reads: every metric in one table with its name, type, labels, meaning and how it
// is written, from which the text and docs/metrics.md come. Pure: status and tallies in, text out.
// Names and meanings follow what the field calls them (keepalived_exporter, patroni), under
// redvip_.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/metrics_tally.hpp"
#include "daemon/metrics_text.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

struct MetricsSnapshot {
  DaemonStatus status;
  std::vector<const ServiceTally*> tallies;  // of status.services, in their order
  std::int64_t started_at_ms = 0;            // since 1970, UTC
  std::uint64_t loop_stalls = 0;
  Micros longest_stall{0};  // LoopTally::longest
};

[[nodiscard]] std::string metrics_text(const MetricsSnapshot& snapshot);

struct MetricHelp {
  std::string_view name;
  MetricType type;
  std::string_view labels;  // "service, node"; empty: none
  std::string_view help;
};

// In the order in which they are written.
[[nodiscard]] std::vector<MetricHelp> metrics_reference();

}  // namespace redvip::daemon

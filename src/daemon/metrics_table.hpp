// The table behind metrics.hpp.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "daemon/metrics.hpp"

namespace redvip::daemon {

struct Metric {
  std::string_view name;
  MetricType type;
  std::string_view labels;
  std::string_view help;
  std::function<void(const MetricsSnapshot&, MetricFamily&)> write;
};

[[nodiscard]] const std::vector<Metric>& metric_table();

}  // namespace redvip::daemon

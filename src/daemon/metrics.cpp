#include "daemon/metrics.hpp"

#include "daemon/metrics_table.hpp"

namespace redvip::daemon {

std::string metrics_text(const MetricsSnapshot& snapshot) {
  std::string text;
  text.reserve(10'000 * (1 + snapshot.tallies.size()));
  for (const auto& metric : metric_table()) {
    MetricFamily family{text, metric.name, metric.type, metric.help};
    metric.write(snapshot, family);
  }
  return text;
}

std::vector<MetricHelp> metrics_reference() {
  std::vector<MetricHelp> all;
  for (const auto& metric : metric_table()) {
    all.push_back({metric.name, metric.type, metric.labels, metric.help});
  }
  return all;
}

}  // namespace redvip::daemon

// How the samples of a metric are written: what the rows of metrics_table.cpp are made of. Pure.
#pragma once

#include <functional>
#include <type_traits>

#include "daemon/metrics.hpp"

namespace redvip::daemon {

using WriteMetric = std::function<void(const MetricsSnapshot&, MetricFamily&)>;

struct MeteredService {
  const ServiceStatus& status;
  const ServiceTally& tally;
};

[[nodiscard]] inline double in_seconds(Micros time) {
  return static_cast<double>(time.count()) / 1e6;
}

[[nodiscard]] inline double in_seconds(std::int64_t milliseconds) {
  return static_cast<double>(milliseconds) / 1e3;
}

// What is not known is not written.
template <class Value>
void add_known(MetricFamily& family, MetricFamily::Labels labels,
               const std::optional<Value>& value) {
  if (value) family.add(labels, *value);
}
template <class Value>
void add_known(MetricFamily& family, MetricFamily::Labels labels, const Value& value) {
  family.add(labels, value);
}

template <class OfService>
WriteMetric each_service(OfService write) {
  return [write](const MetricsSnapshot& snapshot, MetricFamily& family) {
    for (std::size_t i = 0; i < snapshot.status.services.size(); ++i) {
      write(MeteredService{snapshot.status.services[i], *snapshot.tallies[i]}, family);
    }
  };
}

// One sample for each service: `value` may be optional.
template <class OfService>
WriteMetric per_service(OfService value) {
  return each_service([value](const MeteredService& service, MetricFamily& family) {
    add_known(family, {{"service", service.status.name}}, value(service));
  });
}

// One for each node of each service.
template <class OfNode>
WriteMetric per_node(OfNode value) {
  return each_service([value](const MeteredService& service, MetricFamily& family) {
    for (const auto& node : service.status.nodes) {
      add_known(family, {{"service", service.status.name}, {"node", node.name}},
                value(service, node));
    }
  });
}

// The same, of its Redis where it is seen.
template <class OfRedis>
WriteMetric per_redis(OfRedis value) {
  return per_node([value](const MeteredService&, const NodeStatus& node) {
    return node.redis ? value(*node.redis) : std::invoke_result_t<OfRedis, RedisStatus>{};
  });
}

template <class Value>
WriteMetric last_takeover(Value value) {
  return each_service([value](const MeteredService& service, MetricFamily& family) {
    const auto& last = service.tally.last_takeover;
    if (!last) return;
    add_known(family, {{"service", service.status.name}, {"cause", name(last->motive)}},
              value(*last));
  });
}

// Where there is more than one sample of a kind.
void write_states(const MeteredService& service, MetricFamily& family);
void write_peer_states(const MeteredService& service, MetricFamily& family);
void write_roles(const MeteredService& service, MetricFamily& family);
void write_transitions(const MeteredService& service, MetricFamily& family);
void write_phases(const MeteredService& service, MetricFamily& family);
void write_received(const MeteredService& service, MetricFamily& family);
void write_rejected(const MeteredService& service, MetricFamily& family);
void write_mismatches(const MeteredService& service, MetricFamily& family);

}  // namespace redvip::daemon

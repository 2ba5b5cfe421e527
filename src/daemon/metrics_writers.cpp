#include "daemon/metrics_writers.hpp"

namespace redvip::daemon {

void write_states(const MeteredService& service, MetricFamily& family) {
  for (const auto state : {State::starting, State::standby, State::promoting, State::serving,
                           State::handing_over, State::fault, State::holding}) {
    family.add({{"service", service.status.name}, {"state", name(state)}},
               service.status.state == name(state));
  }
}

void write_peer_states(const MeteredService& service, MetricFamily& family) {
  for (const auto& node : service.status.nodes) {
    if (node.self) continue;
    family.add({{"service", service.status.name}, {"node", node.name}, {"state", node.state}}, 1);
  }
}

void write_roles(const MeteredService& service, MetricFamily& family) {
  for (const auto& node : service.status.nodes) {
    if (!node.redis) continue;
    family.add({{"service", service.status.name}, {"node", node.name}, {"role", node.redis->role}},
               1);
  }
}

void write_transitions(const MeteredService& service, MetricFamily& family) {
  for (const auto& [kind, times] : service.tally.transitions) {
    family.add(
        {{"service", service.status.name}, {"to", name(kind.to)}, {"cause", name(kind.motive)}},
        times);
  }
}

void write_phases(const MeteredService& service, MetricFamily& family) {
  for (const auto& [phase, histogram] : service.tally.phases) {
    const MetricFamily::Labels labels{{"service", service.status.name}, {"phase", phase}};
    for (std::size_t i = 0; i < Histogram::bounds.size(); ++i) {
      family.bucket(labels, Histogram::bounds[i], histogram.counts[i]);
    }
    family.rest_of_histogram(labels, histogram.count, histogram.sum);
  }
}

void write_received(const MeteredService& service, MetricFamily& family) {
  std::uint64_t rejected = 0;
  for (const auto times : service.tally.adverts.rejected) rejected += times;
  const auto& name = service.status.name;
  family.add({{"service", name}, {"result", "accepted"}}, service.tally.adverts.accepted);
  family.add({{"service", name}, {"result", "rejected"}}, rejected);
}

void write_rejected(const MeteredService& service, MetricFamily& family) {
  for (std::size_t reason = 0; reason < vrrp::reject_count; ++reason) {
    family.add({{"service", service.status.name},
                {"reason", vrrp::name(static_cast<vrrp::Reject>(reason))}},
               service.tally.adverts.rejected[reason]);
  }
}

void write_mismatches(const MeteredService& service, MetricFamily& family) {
  const auto& adverts = service.tally.adverts;
  for (const auto& [field, times] : {std::pair{"addresses", adverts.addresses_differ},
                                     std::pair{"interval", adverts.interval_differs},
                                     std::pair{"first_address", adverts.first_not_link_local},
                                     std::pair{"signature", adverts.is_unsigned},
                                     std::pair{"priority_255", adverts.duplicate_owner}}) {
    family.add({{"service", service.status.name}, {"field", field}}, times);
  }
}

}  // namespace redvip::daemon

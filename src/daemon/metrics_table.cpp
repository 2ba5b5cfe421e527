#include "daemon/metrics_table.hpp"

#include "daemon/metrics_writers.hpp"

namespace redvip::daemon {
namespace {

using enum MetricType;

std::vector<Metric> of_the_daemon() {
  return {
      {"redvip_up", gauge, "", "1: the daemon answers.",
       [](const MetricsSnapshot&, MetricFamily& family) { family.add({}, 1); }},
      {"redvip_build_info", gauge, "version, node", "1; the version of redvip and its node.",
       [](const MetricsSnapshot& snapshot, MetricFamily& family) {
         family.add({{"version", snapshot.status.version}, {"node", snapshot.status.node}}, 1);
       }},
      {"redvip_start_time_seconds", gauge, "", "When the daemon was started, since 1970.",
       [](const MetricsSnapshot& snapshot, MetricFamily& family) {
         family.add({}, in_seconds(snapshot.started_at_ms));
       }},
      {"redvip_loop_stalls_total", counter, "",
       "How often the daemon was late by 50 ms or more: a stopped process, an overloaded host.",
       [](const MetricsSnapshot& snapshot, MetricFamily& family) {
         family.add({}, snapshot.loop_stalls);
       }},
      {"redvip_loop_stall_seconds_max", gauge, "",
       "The longest that the daemon was late in the last one to two minutes.",
       [](const MetricsSnapshot& snapshot, MetricFamily& family) {
         family.add({}, in_seconds(snapshot.longest_stall));
       }},
  };
}

std::vector<Metric> of_the_service() {
  return {
      {"redvip_state", gauge, "service, state", "1 for the state of this node, 0 for all others.",
       each_service(write_states)},
      {"redvip_vip_owner", gauge, "service", "1: this host has the virtual IPs.",
       per_service([](const MeteredService& service) { return service.status.holds_vip; })},
      {"redvip_owner", gauge, "service, node",
       "1 for the node that is known to own the service, 0 for all others.",
       per_node([](const MeteredService& service, const NodeStatus& node) {
         return service.status.owner == node.name;
       })},
      {"redvip_two_owners", gauge, "service", "1: another owner is heard while this node serves.",
       per_service([](const MeteredService& service) { return service.status.two_owners; })},
      {"redvip_two_owners_seconds_total", counter, "service",
       "For how long another owner was heard while this node served.",
       per_service([](const MeteredService& service) {
         return in_seconds(service.tally.with_two_owners);
       })},
      {"redvip_can_failover", gauge, "service",
       "On the owner 1: somebody could take over now. Elsewhere 1: this node could.",
       per_service([](const MeteredService& service) { return service.status.failover_possible; })},
      {"redvip_paused", gauge, "service", "1: nothing changes by itself on this node.",
       per_service([](const MeteredService& service) { return service.status.paused; })},
      {"redvip_priority", gauge, "service, node",
       "The priority of this node in effect, and the owner's as last heard.",
       per_node([](const MeteredService&, const NodeStatus& node) { return node.priority; })},
      {"redvip_peer_state", gauge, "service, node, state",
       "1 for the state of another node as far as it is known here, else for unknown.",
       each_service(write_peer_states)},
  };
}

std::vector<Metric> of_the_redis() {
  return {
      {"redvip_peer_last_seen_seconds", gauge, "service, node",
       "Since the Redis of another node last answered.",
       per_node([](const MeteredService&, const NodeStatus& node) -> std::optional<double> {
         if (node.self || !node.last_seen) return std::nullopt;
         return in_seconds(Micros{*node.last_seen});
       })},
      {"redvip_redis_up", gauge, "service, node", "1: that node's Redis answers this node.",
       per_node(
           [](const MeteredService&, const NodeStatus& node) { return node.redis.has_value(); })},
      {"redvip_redis_role", gauge, "service, node, role",
       "1 for the role of that node's Redis: master, replica, or parked, a replica of nothing.",
       each_service(write_roles)},
      {"redvip_redis_link_up", gauge, "service, node",
       "Of a replica: 1 while the link to its master is up.",
       per_redis([](const RedisStatus& redis) {
         return redis.link.empty() ? std::nullopt : std::optional{redis.link == "up"};
       })},
      {"redvip_redis_offset_bytes", gauge, "service, node",
       "How much of its replication stream that Redis has applied.",
       per_redis([](const RedisStatus& redis) { return std::optional{redis.offset}; })},
      {"redvip_redis_lag_bytes", gauge, "service, node",
       "How far that Redis is behind the owner's; absent where that cannot be told.",
       per_redis([](const RedisStatus& redis) { return redis.lag_bytes; })},
  };
}

std::vector<Metric> of_changes() {
  return {
      {"redvip_transitions_total", counter, "service, to, cause",
       "Changes of this node's state, by the new one and the kind of cause.",
       each_service(write_transitions)},
      {"redvip_refusals_total", counter, "service", "Switchovers that were asked for and refused.",
       per_service([](const MeteredService& service) { return service.tally.refusals; })},
      {"redvip_failover_duration_seconds", histogram, "service, phase",
       "How long each phase of a take-over by this node took, from the decision until the address "
       "was announced.",
       each_service(write_phases)},
      {"redvip_last_failover_timestamp_seconds", gauge, "service, cause",
       "When this node last took the service over, since 1970; absent: not since it was started.",
       last_takeover([](const LastTakeOver& last) { return in_seconds(last.at_ms); })},
      {"redvip_last_failover_duration_seconds", gauge, "service, cause",
       "How long that took, from the decision until the address was announced.",
       last_takeover([](const LastTakeOver& last) { return last.took; })},
      {"redvip_data_loss_bound_bytes", gauge, "service, cause",
       "How much the old owner may have acknowledged then that this node does not have, at most; "
       "absent: not known.",
       last_takeover([](const LastTakeOver& last) { return last.at_most_lost; })},
      {"redvip_divergences_total", counter, "service",
       "How often the local Redis had writes that the owner's had not; they were saved, or "
       "discarded where on_divergence says so.",
       per_service([](const MeteredService& service) { return service.tally.divergences; })},
      {"redvip_diverged_bytes_total", counter, "service",
       "How much of the replication stream that was, as far as it is known.",
       per_service([](const MeteredService& service) { return service.tally.diverged_bytes; })},
  };
}

std::vector<Metric> of_the_network() {
  return {
      {"redvip_adverts_sent_total", counter, "service", "VRRP advertisements that were sent.",
       per_service([](const MeteredService& service) { return service.tally.adverts_sent; })},
      {"redvip_adverts_received_total", counter, "service, result",
       "VRRP packets that were heard, those of other virtual routers included.",
       each_service(write_received)},
      {"redvip_adverts_rejected_total", counter, "service, reason",
       "Those that were not believed; vrid-error is a virtual router that is not ours, which is normal.",
       each_service(write_rejected)},
      {"redvip_config_mismatch_total", counter, "service, field",
       "Those that were believed although they disagree with this node's configuration.",
       each_service(write_mismatches)},
      {"redvip_garp_sent_total", counter, "service",
       "Gratuitous ARPs and unsolicited neighbour advertisements that were sent.",
       per_service([](const MeteredService& service) { return service.tally.announcements; })},
  };
}

}  // namespace

const std::vector<Metric>& metric_table() {
  static const auto all = [] {
    std::vector<Metric> table;
    for (auto& part :
         {of_the_daemon(), of_the_service(), of_the_redis(), of_changes(), of_the_network()}) {
      table.insert(table.end(), part.begin(), part.end());
    }
    return table;
  }();
  return all;
}

}  // namespace redvip::daemon

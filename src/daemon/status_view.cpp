#include "daemon/status_view.hpp"

namespace redvip::daemon {
namespace {

RedisStatus redis_status(const Observation& redis, const Observation* reference) {
  RedisStatus status;
  status.role = redis.is_master() ? "master" : redis.is_parked() ? "parked" : "replica";
  status.version = redis.version;
  if (!redis.is_master()) {
    status.link = redis.sync_in_progress ? "syncing" : redis.link_up ? "up" : "down";
  }
  status.offset = redis.applied_offset();
  status.keys = redis.keys;
  if (reference && reference->replid == redis.replid) {
    status.lag_bytes =
        std::max<std::int64_t>(0, reference->applied_offset() - redis.applied_offset());
  }
  return status;
}

NodeStatus node_status(const Service& service, NodeIndex node, std::optional<NodeIndex> owner,
                       Instant now) {
  const auto& site = service.site();
  const auto& facts = service.facts();
  NodeStatus status;
  status.name = site.name(node);
  status.address = site.nodes[node].address.text();
  status.self = node == site.self;
  status.state = status.self ? name(service.state()) : owner == node ? "serving" : "unknown";
  if (status.self) {
    status.priority = service.priority().value();
  } else if (const auto heard = facts.owner(now); heard && heard->node == node) {
    status.priority = heard->priority.value();
  }
  const auto& redis = facts.redis(node);
  if (const auto* seen = facts.current(now, node)) {
    const auto* reference = owner ? facts.current(now, *owner) : nullptr;
    status.redis = redis_status(*seen, reference && reference->is_master() ? reference : nullptr);
  } else {
    status.problem = redis.problem.empty() ? "does not answer" : redis.problem;
  }
  if (redis.answered_at) {
    status.last_seen = std::chrono::duration_cast<Millis>(now - *redis.answered_at);
  }
  return status;
}

}  // namespace

ServiceStatus status_of(const Service& service, Instant now) {
  const auto& site = service.site();
  const auto& facts = service.facts();
  const bool serving = service.state() == State::serving || service.state() == State::handing_over;
  std::optional<NodeIndex> owner;
  if (serving) {
    owner = site.self;
  } else if (const auto heard = facts.owner(now)) {
    owner = heard->node;
  }
  ServiceStatus status;
  status.name = site.service.name;
  status.vrid = site.service.vrid.value();
  for (const auto& vip : site.service.virtual_ips) status.virtual_ips.push_back(vip.text());
  status.interface = site.service.interface;
  status.state = name(service.state());
  status.reason = service.reason();
  status.paused = service.paused();
  status.holds_vip = facts.vips_present();
  if (owner) status.owner = site.name(*owner);
  status.two_owners = service.rival_heard(now);
  if (serving) {
    const auto [next, why] = service.successor(now);
    status.failover_possible = next.has_value();
    status.failover = next ? "to " + site.name(*next) : why;
  } else {
    status.failover_possible = service.state() == State::standby;
    status.failover = status.failover_possible ? "to " + site.name(site.self) : service.reason();
  }
  for (NodeIndex node = 0; node < site.nodes.size(); ++node) {
    status.nodes.push_back(node_status(service, node, owner, now));
  }
  return status;
}

}  // namespace redvip::daemon

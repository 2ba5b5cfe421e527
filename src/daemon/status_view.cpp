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
  const auto heard = facts.owner(now);
  const auto* peer = facts.peer(now, node);
  status.state = "unknown";
  if (status.self) {
    status.state = name(service.state());
    status.priority = service.priority().value();
    status.paused = service.paused();
    status.reason = service.reason();
  } else if (peer) {
    status.state = name(peer->state);
    status.priority = peer->priority.value();
    status.paused = peer->paused;
    status.reason = peer->reason;
  } else if (owner == node) {
    status.state = "serving";
  }
  // What an advert says is newer than what its redvip told.
  if (!status.self && heard && heard->node == node) {
    status.priority = heard->priority.value();
    if (peer && peer->state != State::handing_over) {
      status.state = name(State::serving);
      if (peer->state != State::serving) status.reason.clear();
    }
  }
  if (owner == site.self && !status.self) status.objection = service.objection_to(node, now);
  if (status.self && owner != site.self) {
    status.objection = service.state() == State::standby ? std::string{} : service.reason();
  }
  const auto& redis = facts.redis(node);
  if (const auto* seen = facts.current(now, node)) {
    const auto* reference = owner ? facts.current(now, *owner) : nullptr;
    status.redis = redis_status(*seen, reference && reference->is_master() ? reference : nullptr);
  } else {
    status.problem = redis.problem.empty() ? "its Redis does not answer"
                                           : "its Redis cannot be seen: " + redis.problem;
  }
  if (!status.self && facts.peer_missing(now, node)) {
    status.problem += status.problem.empty() ? "" : "; ";
    status.problem += "its redvip is not running, or hangs";
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
    if (next) status.estimate = std::chrono::ceil<Millis>(service.switchover_estimate(*next));
  } else {
    status.failover_possible = service.state() == State::standby;
    status.failover = status.failover_possible ? "to " + site.name(site.self) : service.reason();
  }
  status.silence_limit = std::chrono::ceil<Millis>(service.silence());
  for (std::size_t track = 0; track < site.service.tracks.size(); ++track) {
    const auto& configured = site.service.tracks[track];
    const auto now_is = facts.track(track);
    status.tracks.push_back({configured.name, now_is.up, configured.weight, now_is.why});
  }
  for (NodeIndex node = 0; node < site.nodes.size(); ++node) {
    status.nodes.push_back(node_status(service, node, owner, now));
  }
  return status;
}

}  // namespace redvip::daemon

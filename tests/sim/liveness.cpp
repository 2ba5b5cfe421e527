// That things go on: nobody stays stuck, and nothing healthy is moved.
#include <algorithm>

#include "sim/invariants.hpp"
#include "sim/world.hpp"

namespace redvip::sim {
namespace {

constexpr Micros handover_limit = Millis{250};
constexpr Micros paused_limit = Millis{300};
// Where a third node may rely on a pause nobody lifts it: it runs out.
constexpr Micros pause_runs_out = Millis{2100};
// After a fault that is over, something of it may still be put right.
constexpr Micros after_effects = Seconds{4};

}  // namespace

// S35: writes do not stay paused where nobody is about to take over.
void Invariants::look_at_pauses(NodeIndex node) {
  const auto& host = *world_.hosts[node];
  const bool paused = host.daemon.state() == State::serving && host.redis.paused() &&
                      host.redis.is_master() && !roles_are_moving() && !anybody_paused() &&
                      !host.redis.busy() && !host.redis.locked();
  const auto limit = world_.hosts.size() > 2 ? pause_runs_out : paused_limit;
  if (lasts(watched(node).paused_since, paused, limit) && calm_for(Seconds{3})) {
    breaks("S35", name(node) + " serves, and its writes are paused");
  }
}

void Invariants::look_at_health(NodeIndex node) {
  const auto& redis = world_.hosts[node]->redis;
  const bool well = redis.alive() && !redis.busy() && world_.now() - redis.booted() > after_effects;
  if (!well) watched(node).unwell = world_.now();
}

// S32: on a healthy site a hand-over succeeds. S37: and without one the owner stays.
void Invariants::check_transition(NodeIndex node, const Transition& transition) {
  if (transition.from == State::handing_over && transition.to == State::holding) {
    check_handed_over(node);
  }
  for (NodeIndex any = 0; any < world_.hosts.size(); ++any) look_at_health(any);
  const auto& well = watched_;
  const bool all_well = std::all_of(well.begin(), well.end(), [&](const Watched& any) {
    return world_.now() - any.unwell > after_effects;
  });
  if (!all_well || !calm_for(after_effects) || anybody_paused()) return;
  check_handover_time(node, transition);
  const bool failed = transition.from == State::handing_over && transition.to == State::serving;
  const bool sparing = world_.options.slow_apply == 0 && world_.options.diskless == false;
  if (failed && sparing && left_alone_for(Seconds{1})) {
    breaks("S32", "a hand-over fails on a healthy site: " + transition.cause);
  }
  const bool moved = transition.from == State::serving && transition.to != State::serving;
  const bool preempted = world_.site.service.preempt || !world_.site.service.tracks.empty();
  if (moved && !preempted && left_alone_for(after_effects)) {
    breaks("S37", "a healthy owner is displaced: " + transition.cause);
  }
}

// Longer than the skew, the drain and a hundred milliseconds it does not take.
void Invariants::check_handover_time(NodeIndex node, const Transition& transition) {
  if (transition.from != State::promoting || transition.to != State::serving) return;
  if (world_.options.slow_apply > 0 || world_.options.diskless || !left_alone_for(Millis{0}))
    return;
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& daemon = world_.hosts[other]->daemon;
    if (other == node || daemon.state() != State::handing_over) continue;
    if (world_.now() - watched(other).overtaken < Seconds{1}) continue;
    const auto took = world_.now() - daemon.node()->service().state_since();
    if (took > handover_limit) breaks("S32", "a hand-over to " + name(node) + " takes too long");
  }
}

// S8, S31, S33, S34, S35: one owner on a master, everybody else in sync with it and standing by, no
// writes paused, and no acknowledged write missing without an excuse.
std::optional<Invariants::Objection> Invariants::not_converged() const {
  std::optional<NodeIndex> owner;
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    const auto& host = *world_.hosts[node];
    if (host.redis.paused()) return object("S35", "writes are still paused");
    if (!host.kernel.has_vip(world_.now())) continue;
    if (owner) return object("S31", "two owners");
    owner = node;
  }
  if (!owner) return object("S31", "no owner");
  const auto& redis = world_.hosts[*owner]->redis;
  if (!redis.writable()) return object("S31", "the owner takes no writes");
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    if (node == *owner) continue;
    const auto& host = *world_.hosts[node];
    if (!host.redis.in_sync_with(*owner)) return object("S34", name(node) + " is not in sync");
    if (world_.options.never_lead != node && host.daemon.state() != State::standby) {
      return object("S34", name(node) + " does not stand by");
    }
  }
  const auto last = world_.client.last_acknowledged();
  if (!last || world_.now() - *last > Seconds{1}) return object("S31", "the client cannot write");
  const auto missing = world_.ledger.missing_from(redis.data());
  if (missing.none()) return std::nullopt;
  return object("S8", std::to_string(missing.count()) + " acknowledged writes are missing");
}

Invariants::Objection Invariants::object(const char* number, std::string sentence) const {
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    const auto& host = *world_.hosts[node];
    const auto* running = host.daemon.node();
    sentence += "; " + name(node) + " is " +
                (running ? redvip::name(running->service().state()) : "not running") + " (" +
                (running ? running->service().reason() : "") + "), Redis " + host.redis.text() +
                (host.kernel.has_vip(world_.now()) ? ", has the address" : "");
  }
  return {number, std::move(sentence)};
}

}  // namespace redvip::sim

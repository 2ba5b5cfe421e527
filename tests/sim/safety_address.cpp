// Who has the address, who takes writes, and in which order that changes.
#include <algorithm>

#include "sim/invariants.hpp"
#include "sim/world.hpp"
#include "vrrp/election.hpp"

namespace redvip::sim {
namespace {

// Two advertisements until a rival is heard by both, and a hand-over that waits for its successor.
constexpr Micros two_holders_limit = Millis{600};
// Redis dies or hangs under the address: down_after to notice a hang, then it is taken away.
constexpr Micros bad_address_limit = Millis{1500};
// From a promotion until the old master has been fenced, by itself or by the winner.
constexpr Micros fence_limit = Millis{700};
// A master that is not the owner's: parked by its own daemon at once, or by the owner's when that
// has looked for half a second; each tries again every second.
constexpr Micros second_master_limit = Millis{2500};
constexpr Micros loop_limit = Seconds{3};
constexpr Micros announcement_limit = Millis{1200};
// On this LAN an advertisement may overtake the one before; then priority 0 is not the last word.
constexpr Micros overtaking = Millis{3};
constexpr std::size_t most_adverts_per_second = 300;
// Interference is put right every ten seconds only, once there was too much of it.
constexpr Micros patience_with_outsiders = Seconds{12};

}  // namespace

// S1: on a healthy LAN two holders of the address do not outlast one advertisement and processing.
void Invariants::look_at_holders() {
  const auto holders =
      std::count_if(world_.hosts.begin(), world_.hosts.end(),
                    [&](const auto& host) { return host->kernel.has_vip(world_.now()); });
  if (holders > 0) owned_until_ = world_.now();
  // What a crashed redvip left in its kernel nobody can see.
  if (holders >= 2 && calm_for(Micros{0})) two_holders_until_ = world_.now();
  // An operator may hold one of them where it is.
  const bool two = holders >= 2 && !anybody_paused();
  if (lasts(two_holders_since_, two, two_holders_limit) && calm_for(two_holders_limit)) {
    breaks("S1", "two nodes hold the address on a healthy LAN");
  }
}

// S2: on a healthy LAN no master takes writes after another, promoted since, has taken some.
void Invariants::write_executed(NodeIndex node) {
  if (!calm_for(Seconds{1})) return;  // the two sides of a partition may both be written to
  const auto master_since = world_.hosts[node]->redis.master_since();
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& redis = world_.hosts[other]->redis;
    if (other == node || !redis.alive() || !redis.is_master()) continue;
    const auto& theirs = watched(other);
    if (theirs.written_life != redis.life()) continue;
    if (theirs.written <= master_since + fence_limit) continue;
    breaks("S2", "writes go to " + name(node) + " after they went to " + name(other));
  }
  watched(node).written = world_.now();
  watched(node).written_life = world_.hosts[node]->redis.life();
}

// S4: the address never rests on a Redis that does not accept writes, as far as it lets anybody
// see.
void Invariants::look_at_address(NodeIndex node) {
  const auto& host = *world_.hosts[node];
  const auto running = host.daemon.since();
  const bool resting = host.kernel.has_vip(world_.now()) && running && !anybody_paused() &&
                       world_.site.service.redis.weight == 0;
  const bool good =
      host.redis.locked() || (host.redis.alive() && host.redis.is_master() && !host.redis.busy());
  const bool last = lasts(watched(node).bad_address_since, resting && !good, bad_address_limit);
  if (last && world_.now() - *running > bad_address_limit) {
    breaks("S4", "the address rests on " + name(node) + ", whose Redis is " + host.redis.text());
  }
}

// S5: while another node is the owner, nobody else's Redis takes writes.
void Invariants::look_at_other_masters(NodeIndex node) {
  const auto& redis = world_.hosts[node]->redis;
  const auto serves = owner();
  const bool second = serves && *serves != node && redis.writable() && !redis.locked() &&
                      world_.hosts[*serves]->redis.writable();
  const bool last = lasts(watched(node).second_master_since, second, second_master_limit);
  if (last && left_alone_for(second_master_limit)) {
    breaks("S5", "the Redis of " + name(node) + " takes writes beside the owner's, that of " +
                     name(*serves));
  }
}

// S6: the address is added only on a Redis that was seen to be a master.
void Invariants::vip_added(NodeIndex node) {
  const auto& host = *world_.hosts[node];
  const auto state = host.daemon.state();
  if (state != State::promoting && state != State::serving && state != State::handing_over) {
    breaks("S6", name(node) + " adds the address in state " + redvip::name(*state));
  }
  if (state == State::promoting && host.redis.alive() && !host.redis.is_master()) {
    breaks("S6", name(node) + " adds the address, but its Redis is " + host.redis.text());
  }
  if (state == State::promoting) check_choice(node);
  watched(node).added_at = world_.now();
  watched(node).led_with = host.redis.life();
}

// S7: whoever is connected through the address is reset while the kernel can still tell him.
void Invariants::vip_removed(NodeIndex node) {
  const auto& kernel = world_.hosts[node]->kernel;
  if (kernel.has_vip(world_.now()) && !kernel.clients.empty()) {
    breaks("S7", name(node) + " removes the address under a connected client");
  }
  watched(node).added_at.reset();
}

// S27: what the kernel has is what is wanted: nobody who is well lets his address run out.
void Invariants::vip_expired(NodeIndex node) {
  const auto& daemon = world_.hosts[node]->daemon;
  const bool serving = daemon.state() == State::serving;
  // Longer than any lifetime; when the kernel refuses, it is not the daemon that lets it run out.
  const bool unhindered = world_.now() - meddled_ > Seconds{5};
  const bool paused = daemon.node()->service().paused() && unhindered;
  if (serving && (paused || left_alone_for(Seconds{5})))
    breaks("S27", "the address of " + name(node) + " ran out");
}

// S14: where somebody leads no Redis follows itself, not through others either.
void Invariants::look_at_loops(NodeIndex node) {
  auto at = world_.hosts[node]->redis.master();
  for (std::size_t steps = 0; at && *at != node && steps < world_.hosts.size(); ++steps) {
    at = world_.hosts[*at]->redis.master();
  }
  const bool last = lasts(watched(node).loop_since, at == node && owner(), loop_limit);
  if (last && left_alone_for(patience_with_outsiders)) {
    breaks("S14", "the Redis of " + name(node) + " follows itself");
  }
}

void Invariants::thawed(NodeIndex node, Micros frozen_for) {
  const auto& service = world_.site.service;
  const auto limit = vrrp::active_down_interval(Priority::of(1), service.advert_interval);
  // Lateness shows at the next timer that was due, at most one probe later.
  if (frozen_for > limit + service.redis.probe_interval) {
    watched(node).thawed_from_long_freeze = world_.now();
  }
}

// S20: a node that was stalled longer than active-down looks before it advertises.
void Invariants::advert_sent(NodeIndex node, Priority priority) {
  auto& mine = watched(node);
  if (++mine.adverts > most_adverts_per_second) breaks("S30", name(node) + " storms with adverts");
  if (priority.value() == 0 && world_.now() - mine.advertised < overtaking) {
    mine.overtaken = world_.now();
  }
  mine.advertised = world_.now();
  const auto& thawed = mine.thawed_from_long_freeze;
  const Micros listening{world_.site.service.advert_interval};
  if (priority.value() > 0 && thawed && world_.now() - *thawed < listening) {
    breaks("S20", name(node) + " advertised after a stall without having looked");
  }
}

// S21: paused means that nothing is changed, once a role change that was under way is over.
void Invariants::check_paused(NodeIndex node, State before, const Action& action) {
  const bool resting = before != State::promoting && before != State::handing_over;
  if (!watched(node).paused || !resting) return;
  // Only an owner keeps the address: otherwise its release had been decided before.
  const bool releases = std::holds_alternative<action::RemoveVips>(action) ||
                        std::holds_alternative<action::ResetClients>(action);
  if (std::holds_alternative<action::Send>(action) || (releases && before == State::serving)) {
    breaks("S21", name(node) + " is paused and acts: " + describe(action));
  }
}

void Invariants::announced(NodeIndex node) {
  watched(node).announced_at = world_.now();
}

// S36: who got the address says so, and so does who is left with it after there were two.
void Invariants::look_at_announcements(NodeIndex node) {
  const auto& mine = watched(node);
  const auto& host = *world_.hosts[node];
  if (!mine.added_at || owner() != node || host.daemon.state() != State::serving) return;
  auto since = *mine.added_at;
  const auto advert = Micros{world_.site.service.advert_interval};
  if (two_holders_until_) since = std::max(since, *two_holders_until_ - 4 * advert);
  if (world_.now() - since <= announcement_limit + 4 * advert) return;
  if (!left_alone_for(announcement_limit + 4 * advert)) return;
  if (!mine.announced_at || *mine.announced_at < since) {
    breaks("S36", name(node) + " has the address and has not told the neighbours");
  }
}

}  // namespace redvip::sim

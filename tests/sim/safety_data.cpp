// Whose data counts: what may be promoted, followed, thrown away.
#include <algorithm>

#include "sim/invariants.hpp"
#include "sim/world.hpp"

namespace redvip::sim {
namespace {

// From the death of a master, or the take-over from it, to the look that shows an unread stream.
constexpr Micros guard_limit = Millis{150};
// What an outsider ordered, and what Redis does of itself because of it.
constexpr Micros misled_for = Seconds{3};
// Having less is better than having no owner: so long at least does one wait for who has more.
constexpr Micros wait_for_better = Millis{1900};
// A restarted master is met by its own redvip, which tries to connect every 50 ms.
constexpr Micros meet_limit = Millis{200};

// Two append-only files that were replayed: Redis knows no ID any more, and who led last leads.
// What the other has is saved then (S10).
bool forgotten(const Observation& one, const Observation& other) {
  const bool related =
      one.replid == other.replid || one.replid2 == other.replid || one.replid == other.replid2;
  return one.aof_enabled && !related;
}

}  // namespace

// S8: a planned change loses nothing: the old owner has no acknowledged write that the new has not.
void Invariants::check_handed_over(NodeIndex from) {
  if (!left_alone_for(Millis{300}) && !calm_for(Seconds{2})) return;
  const auto& before = world_.hosts[from]->redis;
  if (!before.alive()) return;
  for (NodeIndex to = 0; to < world_.hosts.size(); ++to) {
    const auto& after = world_.hosts[to]->redis;
    const bool leads = world_.hosts[to]->kernel.has_vip(world_.now());
    if (to == from || !leads || !after.alive() || !after.is_master()) continue;
    const auto lost = world_.ledger.missing_from(after.data()) & before.data();
    if (lost.none()) continue;
    breaks("S8", std::to_string(lost.count()) + " acknowledged writes stayed on " + name(from) +
                     " when it handed over to " + name(to));
  }
}

// S9: no promotion while a copy replaces the data. One that only began to arrive since the last
// look is broken off, and nothing is lost.
void Invariants::promoted(NodeIndex node) {
  if (world_.hosts[node]->redis.loading()) {
    breaks("S9", "the Redis of " + name(node) + " is promoted in the middle of a full copy");
  }
}

void Invariants::unread_discarded(NodeIndex node, const char* by, const Dataset& keys) {
  const auto lost = world_.ledger.missing_from(world_.copies()) & keys;
  if (lost.none()) return;
  breaks("S9", std::to_string(lost.count()) + " acknowledged writes had arrived at " + name(node) +
                   ", and " + by + " threw them away unread");
}

// S9, the drain guard: what a dead master's kernel still had is not thrown away by us while we take
// over from it.
void Invariants::queue_dropped(const Link& link, const Dataset& keys) {
  if (!guard_was_due(link)) return;
  const auto lost = world_.ledger.all() & keys & ~world_.copies();
  if (lost.none()) return;
  breaks("S9", std::to_string(lost.count()) + " acknowledged writes were still on their way to " +
                   name(link.replica) + ", whose acknowledgement made them vanish");
}

void Invariants::acknowledged_into_reset(const Link& link) {
  if (!guard_was_due(link)) return;
  Dataset elsewhere;
  for (const auto& host : world_.hosts) {
    if (host->redis.alive()) elsewhere |= host->redis.data();
  }
  const auto lost = world_.ledger.all() & keys_of(link.unread) & ~elsewhere;
  if (lost.none()) return;
  breaks("S9", std::to_string(lost.count()) + " acknowledged writes had arrived at " +
                   name(link.replica) + ", whose second acknowledgement threw them away");
}

bool Invariants::guard_was_due(const Link& link) const {
  const auto& daemon = world_.hosts[link.replica]->daemon;
  if (!link.orphaned_at || daemon.state() != State::promoting) return false;
  const auto since = std::max(daemon.node()->service().state_since(), *link.orphaned_at);
  return calm_for(guard_limit) && world_.now() - since >= guard_limit;
}

// S10: a full copy never replaces acknowledged writes that exist nowhere else.
void Invariants::overwritten(const Link& copied, const Dataset& before, const Dataset& after) {
  const auto node = copied.replica;
  Dataset elsewhere = after;
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& redis = world_.hosts[other]->redis;
    if (other != node && redis.alive()) elsewhere |= redis.data() | redis.unread_keys();
  }
  const auto lost = world_.ledger.missing_from(elsewhere) & before;
  if (lost.none()) return;
  if (excused(copied)) return world_.ledger.given_up(lost);
  breaks("S10", std::to_string(lost.count()) + " acknowledged writes on " + name(node) +
                    " are overwritten by a copy of " + name(copied.master));
}

// A replica goes back to its restarted master by itself within a second, and only that master's own
// redvip can park it before. Where that could not act, or the copy was there before anybody could
// connect, nobody can promise anything (being born parked closes that window). Nor when an outsider
// said so, or the configuration.
bool Invariants::excused(const Link& copied) const {
  const auto& host = *world_.hosts[copied.master];
  const auto since = host.daemon.since();
  const bool outrun = world_.now() - host.redis.booted() < meet_limit;
  const bool by_policy = world_.site.service.redis.on_divergence == OnDivergence::discard;
  const bool misled = std::any_of(world_.hosts.begin(), world_.hosts.end(), [&](const auto& any) {
    const auto& when = any->redis.misled_at();
    return when && world_.now() - *when < misled_for;
  });
  // Nobody was there to put right what the outsider said, or nobody is let in.
  const auto& replica = *world_.hosts[copied.replica];
  const bool unwatched =
      replica.redis.locked() || (replica.redis.misled() && !replica.daemon.running());
  return by_policy || misled || unwatched || outrun || !since ||
         copied.accepted_at - *since < Seconds{2} || host.daemon.node()->service().paused() ||
         host.redis.locked();
}

// S11, S12: who leads, or leads again after a restart, does so past nobody who is there, has all
// that it has, and more. A replica-priority of 0 is respected.
void Invariants::check_choice(NodeIndex node) {
  const auto& mine = world_.hosts[node]->redis;
  if (world_.options.never_lead == node) breaks("S12", name(node) + " leads with priority 0");
  const bool waited = !owned_until_ || world_.now() - *owned_until_ >= wait_for_better;
  if (waited || !left_alone_for(Seconds{1})) return;
  const auto& all = world_.ledger.all();
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& theirs = world_.hosts[other]->redis;
    const auto state = world_.hosts[other]->daemon.state();
    if (world_.lan.guarded(node, other)) continue;  // it cannot be seen
    const bool fit = other != node && world_.options.never_lead != other && theirs.alive() &&
                     !theirs.busy() && !theirs.loading() && state != State::fault;
    if (!fit) continue;
    const bool all_of_mine = (all & mine.data() & ~theirs.data()).none();
    const auto more = (all & theirs.data() & ~mine.data()).count();
    if (!all_of_mine || more == 0 || forgotten(mine.info(), theirs.info())) continue;
    const bool again = watched(node).led_with != 0 && watched(node).led_with != mine.life();
    breaks(again ? "S11" : "S12", name(node) + " leads, although " + name(other) + " has " +
                                      std::to_string(more) + " acknowledged writes more");
  }
}

}  // namespace redvip::sim

#include "sim/invariants.hpp"

#include <algorithm>

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

// From the death of a master, or the take-over from it, to the look that shows an unread stream.
constexpr Micros guard_limit = Millis{300};

// What an outsider ordered, and what Redis does of itself because of it.
constexpr Micros misled_for = Seconds{3};

constexpr std::size_t most_actions_per_event = 60;
constexpr std::size_t most_records_per_second = 20;
constexpr std::size_t most_adverts_per_second = 300;
constexpr std::size_t most_actions_per_second = 12000;

}  // namespace

Invariants::Watched& Invariants::watched(NodeIndex node) {
  watched_.resize(std::max(watched_.size(), node + 1));
  return watched_[node];
}

std::string Invariants::name(NodeIndex node) const {
  return world_.site.name(node);
}

void Invariants::breaks(const char* number, const std::string& sentence) {
  if (broken_) return;
  broken_ = std::string{number} + ": " + sentence;
  world_.say("BROKEN " + *broken_);
}

bool Invariants::calm_for(Micros length) const {
  const auto long_enough = [&](std::optional<Instant> since) {
    return since && world_.now() - *since >= length;
  };
  return long_enough(world_.lan.healthy_since()) &&
         std::all_of(world_.hosts.begin(), world_.hosts.end(),
                     [&](const auto& host) { return long_enough(host->daemon.since()); });
}

void Invariants::look() {
  if (world_.now() - looked_ < Millis{5}) return;
  looked_ = world_.now();
  look_at_holders();
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) look_at_address(node);
}

// S1: on a healthy LAN two holders of the address do not outlast one advertisement and processing.
void Invariants::look_at_holders() {
  const auto holders =
      std::count_if(world_.hosts.begin(), world_.hosts.end(),
                    [&](const auto& host) { return host->kernel.has_vip(world_.now()); });
  if (holders < 2) return two_holders_since_.reset();
  if (!two_holders_since_) two_holders_since_ = world_.now();
  const bool paused = std::any_of(world_.hosts.begin(), world_.hosts.end(), [](const auto& host) {
    return host->daemon.node() && host->daemon.node()->service().paused();
  });
  if (paused) return;  // an operator holds one of them where it is
  if (world_.now() - *two_holders_since_ > two_holders_limit && calm_for(two_holders_limit)) {
    breaks("S1", "two nodes hold the address on a healthy LAN");
  }
}

// S4: the address never rests on a Redis that does not accept writes.
void Invariants::look_at_address(NodeIndex node) {
  const auto& host = *world_.hosts[node];
  auto& since = watched(node).bad_address_since;
  const bool resting = host.kernel.has_vip(world_.now()) && host.daemon.since() &&
                       !host.daemon.node()->service().paused();
  const bool good = host.redis.alive() && host.redis.is_master() && !host.redis.busy();
  const auto running = host.daemon.since();
  if (!resting || good || world_.site.service.redis.weight != 0) return since.reset();
  if (!since) since = world_.now();
  if (world_.now() - std::max(*since, *running) > bad_address_limit) {
    breaks("S4", "the address rests on " + name(node) + ", whose Redis is " + host.redis.text());
  }
}

void Invariants::daemon_started(NodeIndex node) {
  watched(node) = {};
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
  const auto& thawed = mine.thawed_from_long_freeze;
  const Micros listening{world_.site.service.advert_interval};
  if (priority.value() > 0 && thawed && world_.now() - *thawed < listening) {
    breaks("S20", name(node) + " advertised after a stall without having looked");
  }
}

void Invariants::decided(NodeIndex node, State before, const Event& event,
                         const std::vector<Action>& actions) {
  if (actions.size() > most_actions_per_event) {
    breaks("S30", std::to_string(actions.size()) + " actions for one event on " + name(node));
  }
  auto& mine = watched(node);
  if (world_.now() - mine.second >= Seconds{1}) {
    mine.second = world_.now();
    mine.adverts = mine.actions = mine.records = 0;
  }
  mine.actions += actions.size();
  if (mine.actions > most_actions_per_second) breaks("S30", name(node) + " storms");
  check_records(node, before, actions);
  mine.ending = mine.ending || std::holds_alternative<event::TerminateAsked>(event);
  for (const auto& action : actions) {
    if (!mine.ending) check_paused(node, before, action);
    const auto* send = std::get_if<action::Send>(&action);
    if (send && std::holds_alternative<command::Promote>(send->command) &&
        (send->node != node || world_.hosts[node]->daemon.state() != State::promoting)) {
      breaks("S6", name(node) + " promotes outside of a take-over");
    }
  }
}

// S24: every transition has one record with a cause, and the records add up to the state.
void Invariants::check_records(NodeIndex node, State before, const std::vector<Action>& actions) {
  auto state = before;
  for (const auto& action : actions) {
    const auto* record = std::get_if<action::Record>(&action);
    if (!record) continue;
    const auto& transition = record->transition;
    if (transition.cause.empty()) breaks("S24", "a transition of " + name(node) + " has no cause");
    if (transition.from != state) breaks("S24", "the history of " + name(node) + " has a gap");
    state = transition.to;
    if (++watched(node).records > most_records_per_second) {
      breaks("S29", name(node) + " changes its state again and again");
    }
  }
  if (state != world_.hosts[node]->daemon.state()) {
    breaks("S24", name(node) + " changed its state without a record");
  }
}

// S21: paused means that nothing is changed, once a role change that was under way is over.
void Invariants::check_paused(NodeIndex node, State before, const Action& action) {
  const auto& service = world_.hosts[node]->daemon.node()->service();
  const bool resting = before != State::promoting && before != State::handing_over;
  if (!service.paused() || !resting) return;
  // Only an owner keeps the address: otherwise its release had been decided before.
  const bool releases = std::holds_alternative<action::RemoveVips>(action) ||
                        std::holds_alternative<action::ResetClients>(action);
  if (std::holds_alternative<action::Send>(action) || (releases && before == State::serving)) {
    breaks("S21", name(node) + " is paused and acts: " + describe(action));
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
}

// S7: whoever is connected through the address is reset while the kernel can still tell him.
void Invariants::vip_removed(NodeIndex node) {
  const auto& kernel = world_.hosts[node]->kernel;
  if (kernel.has_vip(world_.now()) && !kernel.clients.empty()) {
    breaks("S7", name(node) + " removes the address under a connected client");
  }
}

// S9: no promotion while a copy replaces the data. One that only began to arrive since the last look
// is broken off, and nothing is lost.
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
// redvip can park it before. Where that could not act, or Redis was asked for the copy before
// anybody could connect, nobody can promise anything (being born parked closes that window).
bool Invariants::excused(const Link& copied) const {
  const auto& host = *world_.hosts[copied.master];
  const auto since = host.daemon.since();
  const bool outrun = copied.accepted_at - host.redis.booted() < Millis{200};
  const bool by_policy =
      world_.site.service.redis.on_divergence == OnDivergence::discard;
  const bool misled = std::any_of(world_.hosts.begin(), world_.hosts.end(), [&](const auto& any) {
    return any->redis.misled_at() && world_.now() - *any->redis.misled_at() < misled_for;
  });
  return by_policy || misled || outrun || !since || world_.now() - *since < Seconds{2} ||
         host.daemon.node()->service().paused();
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
  const auto keys = keys_of(link.unread);
  Dataset elsewhere;
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& redis = world_.hosts[other]->redis;
    if (redis.alive()) elsewhere |= redis.data();
  }
  const auto lost = world_.ledger.all() & keys & ~elsewhere;
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

// S2: on a healthy LAN no master takes writes after another, promoted since, has taken some.
void Invariants::write_executed(NodeIndex node) {
  if (!calm_for(Seconds{1})) return;  // the two sides of a partition may both be written to
  const auto master_since = world_.hosts[node]->redis.master_since();
  for (NodeIndex other = 0; other < world_.hosts.size(); ++other) {
    const auto& redis = world_.hosts[other]->redis;
    if (other == node || !redis.alive() || !redis.is_master()) continue;
    if (watched(other).written <= master_since + fence_limit) continue;
    breaks("S2", "writes go to " + name(node) + " after they went to " + name(other));
  }
  watched(node).written = world_.now();
}

// S8, S31, S34, S35: one owner on a master, everybody else in sync with it and standing by, no
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

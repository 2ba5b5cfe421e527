// What the checks share, and those of how much a node does and what it writes down of it.
#include <algorithm>

#include "core/transitions.hpp"
#include "sim/invariants.hpp"
#include "sim/world.hpp"

namespace redvip::sim {
namespace {

constexpr std::size_t most_actions_per_event = 60;
constexpr std::size_t most_records_per_second = 20;
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

bool Invariants::left_alone_for(Micros length) const {
  const auto alone = [&](const auto& host) {
    const auto& misled = host->redis.misled_at();
    return !host->redis.locked() && (!misled || world_.now() - *misled >= length);
  };
  return calm_for(length) && !anybody_paused() && world_.now() - meddled_ >= length &&
         std::all_of(world_.hosts.begin(), world_.hosts.end(), alone);
}

// Keeps `since`; true once it has held for longer than the limit.
bool Invariants::lasts(std::optional<Instant>& since, bool holds, Micros limit) const {
  if (!holds) {
    since.reset();
  } else if (!since) {
    since = world_.now();
  }
  return since && world_.now() - *since > limit;
}

bool Invariants::anybody_paused() const {
  return std::any_of(world_.hosts.begin(), world_.hosts.end(), [](const auto& host) {
    return host->daemon.node() && host->daemon.node()->service().paused();
  });
}

bool Invariants::roles_are_moving() const {
  return std::any_of(world_.hosts.begin(), world_.hosts.end(), [](const auto& host) {
    const auto state = host->daemon.state();
    return state == State::promoting || state == State::handing_over;
  });
}

std::optional<NodeIndex> Invariants::owner() const {
  std::optional<NodeIndex> found;
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    if (!world_.hosts[node]->kernel.has_vip(world_.now())) continue;
    if (found) return std::nullopt;
    found = node;
  }
  return found;
}

void Invariants::look() {
  if (world_.now() - looked_ < Millis{5}) return;
  looked_ = world_.now();
  look_at_holders();
  for (NodeIndex node = 0; node < world_.hosts.size(); ++node) {
    look_at_health(node);
    look_at_address(node);
    look_at_other_masters(node);
    look_at_loops(node);
    look_at_pauses(node);
    look_at_announcements(node);
  }
}

void Invariants::daemon_started(NodeIndex node) {
  auto& mine = watched(node);
  mine.thawed_from_long_freeze.reset();
  mine.bad_address_since.reset();
  mine.added_at.reset();
  mine.ending = mine.paused = false;
}

void Invariants::asked(NodeIndex node, const Event& event) {
  auto& mine = watched(node);
  const bool pause = std::holds_alternative<event::PauseAsked>(event);
  const bool resume = std::holds_alternative<event::ResumeAsked>(event);
  const bool end = std::holds_alternative<event::TerminateAsked>(event);
  const bool interface = std::holds_alternative<event::InterfaceChanged>(event);
  if (pause) mine.paused = true;
  if (resume) mine.paused = false;
  if (end) mine.ending = true;
  const bool any = pause || resume || end || interface;
  if (any || std::holds_alternative<event::SwitchoverAsked>(event)) meddled_ = world_.now();
}

void Invariants::address_refused() {
  meddled_ = world_.now();
}

// S30: nothing makes a node storm.
void Invariants::decided(NodeIndex node, State before, const std::vector<Action>& actions) {
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
  for (const auto& action : actions) {
    if (!mine.ending) check_paused(node, before, action);
    const auto* send = std::get_if<action::Send>(&action);
    if (send && std::holds_alternative<command::Promote>(send->command)) {
      check_promotion(node, send->node);
    }
  }
}

// S6: REPLICAOF NO ONE goes to the own Redis, and only while taking over; or to one whose redvip
// does not run, while nobody leads.
void Invariants::check_promotion(NodeIndex node, NodeIndex whose) {
  const auto state = world_.hosts[node]->daemon.state();
  if (whose == node && state == State::promoting) return;
  const bool led = std::any_of(world_.hosts.begin(), world_.hosts.end(), [&](const auto& host) {
    return host->daemon.running() && host->daemon.state() == State::serving;
  });
  const bool orphan = !world_.hosts[whose]->daemon.running() || !world_.lan.passes(whose, node);
  if (whose != node && state == State::holding && orphan && !led) return;
  breaks("S6", name(node) + " promotes the Redis of " + name(whose) + " outside of a take-over");
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
    const bool refusal = transition.from == transition.to;
    if (!refusal && !is_known_transition(transition.from, transition.to)) {
      breaks("S24", name(node) + " goes from " + redvip::name(transition.from) + " to " +
                        redvip::name(transition.to) + ", which no document shows");
    }
    check_transition(node, transition);
    if (++watched(node).records > most_records_per_second) {
      breaks("S29", name(node) + " changes its state again and again");
    }
  }
  if (state != world_.hosts[node]->daemon.state()) {
    breaks("S24", name(node) + " changed its state without a record");
  }
}

}  // namespace redvip::sim

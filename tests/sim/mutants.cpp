#include "sim/mutants.hpp"

#include <algorithm>
#include <string>

namespace redvip::sim {
namespace {

constexpr const char* names[] = {
    "none",         "vip_before_promotion", "no_drain", "lineage_ignored", "no_reset",
    "stale_timers", "blind_after_stall",    "no_park",  "blind_follow"};

template <class A>
bool is(const Action& action) {
  return std::holds_alternative<A>(action);
}

template <class C>
bool sends(const Action& action) {
  const auto* send = std::get_if<action::Send>(&action);
  return send && std::holds_alternative<C>(send->command);
}

template <class Predicate>
std::vector<Action> without(std::vector<Action> actions, const Predicate& unwanted) {
  actions.erase(std::remove_if(actions.begin(), actions.end(), unwanted), actions.end());
  return actions;
}

// While it takes over, the link to the old owner looks closed, which means read to its end.
Event drained(Event event, NodeIndex self) {
  auto* seen = std::get_if<event::RedisObserved>(&event);
  if (!seen || seen->node != self || !seen->observation.link_up) return event;
  seen->observation.link_up = false;
  seen->observation.link_down_since = Seconds{0};
  return event;
}

Event with_our_history(Event event, NodeIndex self, const std::optional<Observation>& own) {
  auto* seen = std::get_if<event::RedisObserved>(&event);
  if (!seen || seen->node == self || !own) return event;
  auto& theirs = seen->observation;
  theirs.replid = own->replid;
  theirs.replid2 = own->replid2;
  theirs.second_repl_offset = own->second_repl_offset;
  theirs.master_repl_offset = theirs.slave_repl_offset = own->applied_offset();
  return event;
}

}  // namespace

const char* name(Mutant mutant) {
  return names[static_cast<std::size_t>(mutant)];
}

std::optional<Mutant> mutant_named(const std::string& name) {
  const auto* found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Mutant>(found - std::begin(names));
}

Event altered(Mutant mutant, NodeIndex self, Event event, State state,
              const std::optional<Observation>& own) {
  if (mutant == Mutant::no_drain && state == State::promoting) {
    return drained(std::move(event), self);
  }
  if (mutant == Mutant::lineage_ignored) return with_our_history(std::move(event), self, own);
  return event;
}

std::vector<Action> altered(Mutant mutant, const Site& site, std::vector<Action> actions) {
  switch (mutant) {
    case Mutant::vip_before_promotion: {
      const auto promotion = std::find_if(actions.begin(), actions.end(), sends<command::Promote>);
      if (promotion != actions.end()) actions.insert(promotion, action::AddVips{});
      return actions;
    }
    case Mutant::no_reset:
      return without(std::move(actions), is<action::ResetClients>);
    case Mutant::no_park:
      return without(std::move(actions), sends<command::Park>);
    case Mutant::blind_follow:
      for (auto& action : actions) {
        if (!sends<command::Park>(action)) continue;
        auto& send = std::get<action::Send>(action);
        send.command = command::Follow{site.redis((send.node + 1) % site.nodes.size()), {}};
      }
      return actions;
    default:
      return actions;
  }
}

}  // namespace redvip::sim

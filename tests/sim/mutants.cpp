#include "sim/mutants.hpp"

#include <algorithm>

namespace redvip::sim {
namespace {

constexpr const char* names[] = {
    "none",
    "vip_before_promotion",
    "promote_without_look",
    "no_drain",
    "no_guard",
    "guard_for_ever",
    "lineage_ignored",
    "bigger_offset_wins",
    "longer_history_ignored",
    "stale_look",
    "frozen_offset_ignored",
    "half_copy_promoted",
    "priority_zero_ignored",
    "journal_forgotten",
    "journal_from_elsewhere",
    "journal_too_proud",
    "no_reset",
    "vip_kept",
    "vip_not_refreshed",
    "no_announcement",
    "release_not_sent",
    "advantage_never_given",
    "stale_timers",
    "blind_after_stall",
    "late_actions",
    "no_pause",
    "no_unpause",
    "no_park",
    "no_kick",
    "peers_left_alone",
    "blind_follow",
    "nothing_kept",
    "tail_skipped",
    "command_in_pause",
};
static_assert(std::size(names) == static_cast<std::size_t>(Mutant::count_));

template <class A>
bool is(const Action& action) {
  return std::holds_alternative<A>(action);
}

template <class C>
const C* sent(const Action& action) {
  const auto* send = std::get_if<action::Send>(&action);
  return send ? std::get_if<C>(&send->command) : nullptr;
}

template <class C>
bool sends(const Action& action) {
  return sent<C>(action) != nullptr;
}

template <class Predicate>
std::vector<Action> without(std::vector<Action> actions, const Predicate& unwanted) {
  actions.erase(std::remove_if(actions.begin(), actions.end(), unwanted), actions.end());
  return actions;
}

void take_history(Observation& theirs, const Observation& own) {
  theirs.replid = own.replid;
  theirs.replid2 = own.replid2;
  theirs.second_repl_offset = own.second_repl_offset;
}

void take_offset(Observation& theirs, std::int64_t offset) {
  theirs.master_repl_offset = theirs.slave_repl_offset = offset;
}

// What the local Redis says of itself.
void alter_own(Mutant mutant, State state, Observation& seen) {
  if (mutant == Mutant::no_drain && state == State::promoting && seen.link_up) {
    seen.link_up = false;
    seen.link_down_since = Seconds{0};
  } else if (mutant == Mutant::promote_without_look && state == State::promoting) {
    seen.role = Role::master;
  } else if (mutant == Mutant::half_copy_promoted && (seen.sync_in_progress || seen.loading)) {
    seen.sync_in_progress = seen.loading = false;
    seen.link_up = true;
  } else if (mutant == Mutant::priority_zero_ignored) {
    seen.replica_priority = 100;
  }
}

// And what another one says.
void alter_theirs(Mutant mutant, const Victim& victim, Observation& theirs) {
  if (!victim.own) return;
  const auto& own = *victim.own;
  if (mutant == Mutant::lineage_ignored) {
    take_history(theirs, own);
    take_offset(theirs, own.applied_offset());
  } else if (mutant == Mutant::bigger_offset_wins) {
    take_history(theirs, own);
  } else if (mutant == Mutant::longer_history_ignored && theirs.replid == own.replid &&
             !theirs.is_master()) {
    take_offset(theirs, std::min(theirs.applied_offset(), own.applied_offset()));
  } else if (mutant == Mutant::frozen_offset_ignored && victim.state == State::promoting) {
    take_offset(theirs, std::min(theirs.applied_offset(), own.applied_offset()));
  } else if (mutant == Mutant::priority_zero_ignored) {
    theirs.replica_priority = 100;
  }
}

bool unwanted(Mutant mutant, NodeIndex self, const Action& action) {
  const auto* send = std::get_if<action::Send>(&action);
  switch (mutant) {
    case Mutant::promote_without_look:
      return false;
    case Mutant::no_guard:
      return is<action::GuardLink>(action);
    case Mutant::guard_for_ever:
      return is<action::UnguardLink>(action);
    case Mutant::no_reset:
      return is<action::ResetClients>(action);
    case Mutant::vip_kept:
      return is<action::RemoveVips>(action);
    case Mutant::vip_not_refreshed:
      return is<action::RefreshVips>(action);
    case Mutant::no_announcement:
      return is<action::Announce>(action);
    case Mutant::release_not_sent: {
      const auto* advert = std::get_if<action::SendAdvert>(&action);
      return advert && advert->priority.value() == 0;
    }
    case Mutant::no_park:
      return sends<command::Park>(action);
    case Mutant::peers_left_alone:
      return send && send->node != self &&
             (sends<command::Park>(action) || sends<command::Follow>(action));
    default:
      return false;
  }
}

// A command that is not carried out although it is answered: a harmless one goes instead.
void alter_command(Mutant mutant, const Site& site, action::Send& send) {
  const bool skipped =
      (mutant == Mutant::no_pause && std::holds_alternative<command::PauseWrites>(send.command)) ||
      (mutant == Mutant::no_unpause &&
       std::holds_alternative<command::UnpauseWrites>(send.command)) ||
      (mutant == Mutant::promote_without_look &&
       std::holds_alternative<command::Promote>(send.command));
  if (skipped) send.command = command::PauseWrites{Millis{0}};
  auto* park = std::get_if<command::Park>(&send.command);
  if (park && mutant == Mutant::no_kick) park->kill_replicas = false;
  if (park && mutant == Mutant::blind_follow) {
    send.command = command::Follow{site.redis((send.node + 1) % site.nodes.size()), {}};
  }
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

std::optional<Event> altered(Mutant mutant, const Victim& victim, Event event) {
  if (mutant == Mutant::command_in_pause && std::holds_alternative<event::PauseAsked>(event)) {
    return std::nullopt;
  }
  auto* tail = std::get_if<event::TailRead>(&event);
  if (tail && mutant == Mutant::tail_skipped) tail->commands = 0;
  auto* seen = std::get_if<event::RedisObserved>(&event);
  if (!seen) return event;
  if (seen->node == victim.self) {
    alter_own(mutant, victim.state, seen->observation);
  } else {
    alter_theirs(mutant, victim, seen->observation);
  }
  return event;
}

std::vector<Action> altered(Mutant mutant, const Site& site, NodeIndex self,
                            std::vector<Action> actions) {
  if (mutant == Mutant::none) return actions;
  if (mutant == Mutant::vip_before_promotion) {
    const auto promotion = std::find_if(actions.begin(), actions.end(), sends<command::Promote>);
    if (promotion != actions.end()) actions.insert(promotion, action::AddVips{});
    return actions;
  }
  for (auto& action : actions) {
    if (auto* send = std::get_if<action::Send>(&action)) alter_command(mutant, site, *send);
    auto* advert = std::get_if<action::SendAdvert>(&action);
    if (advert && mutant == Mutant::advantage_never_given) {
      advert->priority = std::min(advert->priority, site.priority(self).value());
    }
  }
  return without(std::move(actions),
                 [&](const Action& action) { return unwanted(mutant, self, action); });
}

std::optional<Journal> altered(Mutant mutant, std::optional<Journal> own,
                               const std::optional<Journal>& neighbours) {
  if (mutant == Mutant::journal_forgotten) return std::nullopt;
  if (mutant == Mutant::journal_from_elsewhere) return neighbours;
  if (mutant == Mutant::journal_too_proud && own) {
    own->last.served = true;
    own->last.needed = own->last.own;
  }
  return own;
}

}  // namespace redvip::sim

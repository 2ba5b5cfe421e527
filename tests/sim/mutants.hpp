// Known bugs, planted between the production objects and the world without touching either. The
// simulator is only worth its time if it catches each of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/action.hpp"
#include "core/site.hpp"

namespace redvip::sim {

enum class Mutant : std::uint8_t {
  none,
  vip_before_promotion,    // the address is added before Redis is told to be a master
  promote_without_look,    // REPLICAOF NO ONE is believed to have worked without being sent
  no_drain,                // the replication link is always said to be read to its end
  no_guard,                // the packet filter is never raised
  guard_for_ever,          // or never lifted
  lineage_ignored,         // every peer's history looks like one that contains ours
  bigger_offset_wins,      // Sentinel's mistake: offsets compared, replication IDs not
  longer_history_ignored,  // a peer with more of the same history seems to have as much as we
  stale_look,              // while a Redis is silent, its last answer counts as a new one
  frozen_offset_ignored,   // the old owner's offset looks like what we have already
  half_copy_promoted,      // a full copy that is under way looks finished
  priority_zero_ignored,   // replica-priority 0 is read as 100
  journal_forgotten,       // at each start
  journal_from_elsewhere,  // at each start it is the neighbour's
  journal_too_proud,       // at each start it says that this node was the last owner
  no_reset,                // clients are not reset before the address goes
  vip_kept,                // the address is not removed
  vip_not_refreshed,       // its lifetime in the kernel runs out
  no_announcement,         // nobody is told whose the address is
  release_not_sent,        // the advert of priority 0 is lost on purpose
  advantage_never_given,   // adverts carry the configured priority only
  stale_timers,            // an expiry that was overtaken by a new Arm counts as the new one
  blind_after_stall,       // the clock hides that the process was frozen
  late_actions,            // what was decided before a stall is done after it
  no_pause,                // writes go on during a hand-over
  no_unpause,              // and after one that failed they do not
  no_park,                 // the park command is never sent
  no_kick,                 // a stranger is parked, but the copies that it gives go on
  peers_left_alone,        // the winner neither parks nor re-points anybody
  blind_follow,            // the loser follows whoever else there is, without a comparison
  nothing_kept,            // follow before keep: the dataset is said to be saved
  tail_skipped,            // the tail is said to be empty of writes
  command_in_pause,        // `redvip pause` is not heard
  count_,
};

[[nodiscard]] const char* name(Mutant mutant);
[[nodiscard]] std::optional<Mutant> mutant_named(const std::string& name);

// What a node is, in the eyes of a mutant.
struct Victim {
  NodeIndex self;
  State state;
  std::optional<Observation> own;  // its last look at the local Redis
};

// What the node hears instead of `event`; nothing: it is not told.
[[nodiscard]] std::optional<Event> altered(Mutant mutant, const Victim& victim, Event event);
// What is done instead of `actions`.
[[nodiscard]] std::vector<Action> altered(Mutant mutant, const Site& site, NodeIndex self,
                                          std::vector<Action> actions);
// What it reads instead of the journal that it wrote.
[[nodiscard]] std::optional<Journal> altered(Mutant mutant, std::optional<Journal> own,
                                             const std::optional<Journal>& neighbours);

}  // namespace redvip::sim

// Known bugs, planted between the production objects and the world without touching either. The
// simulator is only worth its time if it catches each of them.
#pragma once

#include <optional>
#include <vector>

#include "core/action.hpp"
#include "core/site.hpp"

namespace redvip::sim {

enum class Mutant : std::uint8_t {
  none,
  vip_before_promotion,  // the address is added before Redis is told to be a master
  no_drain,              // the replication link is always said to be read to its end
  lineage_ignored,       // every peer's history looks like one that contains ours
  no_reset,              // clients are not reset before the address goes
  stale_timers,          // an expiry that was overtaken by a new Arm counts as the new one
  blind_after_stall,     // the clock hides that the process was frozen
  no_park,               // the park command is never sent
  blind_follow,          // the loser follows whoever else there is, without a comparison
  count_,
};

[[nodiscard]] const char* name(Mutant mutant);
[[nodiscard]] std::optional<Mutant> mutant_named(const std::string& name);

// What the node hears instead of `event`.
[[nodiscard]] Event altered(Mutant mutant, NodeIndex self, Event event, State state,
                            const std::optional<Observation>& own);
// What is done instead of `actions`.
[[nodiscard]] std::vector<Action> altered(Mutant mutant, const Site& site,
                                          std::vector<Action> actions);

}  // namespace redvip::sim

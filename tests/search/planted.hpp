// Known bugs, planted between the real Node and the search without touching either: what the node
// hears or does is altered, and the checks must say so.
#pragma once

#include <optional>
#include <vector>

#include "core/action.hpp"

namespace redvip::search {

enum class Planted : std::uint8_t {
  none,
  vips_before_promotion,  // the address is added before Redis is told to be a master
  no_reset,               // clients are not reset before the address goes
  half_copy_looks_whole,  // a full copy that is under way looks finished
  empty_looks_full,       // a restarted empty master looks like one with everything we have
  guard_for_ever,         // the packet filter is never lifted
  no_unpause,             // a pause of writes is never lifted
  pause_not_heard,        // `redvip pause` does not reach the node
  record_lost,            // a transition is not written down
  never_settles,          // after a stall it goes on listening for ever
  exits_twice,
  count_,
};

[[nodiscard]] const char* name(Planted bug);
[[nodiscard]] const char* breaks(Planted bug);  // the number of the rule

// What the node hears instead; nothing: it is not told.
[[nodiscard]] std::optional<Event> altered(Planted bug, NodeIndex self, Event event);
// What is done instead.
[[nodiscard]] std::vector<Action> altered(Planted bug, std::vector<Action> actions);

}  // namespace redvip::search

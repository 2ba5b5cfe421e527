// What must come of a state that was reached, whichever it is: its liveness.
#pragma once

#include "search/surroundings.hpp"

namespace redvip::search {

// S31 S34: when the other node leads and all is well with both Redis, this node stands by in the
// end (or exits, if it was told to); and when the other then dies, it serves.
void becomes_well(Surroundings& world);

// S35: when commands succeed and timers run, no Redis is left with its writes paused.
void unpauses(Surroundings& world);

}  // namespace redvip::search

// How often to do what can wait, is worth doing once for many changes, and takes the longer the
// more services there are: reading all addresses, writing the status of all. Pure.
#pragma once

#include <algorithm>

#include "core/types.hpp"

namespace redvip {

// The rest after a piece of work that `took` so long: it gets no more than a tenth of the time,
// whatever it has grown to. Never longer than `most`, even so.
[[nodiscard]] constexpr Micros rest_after(Micros took, Micros most) {
  constexpr int times_as_long = 9;
  return std::min(times_as_long * took, most);
}

}  // namespace redvip

// What a node tells the others of itself, besides the owner's adverts: for people, and so that no
// service is handed over to a node whose redvip is not there. Carried by src/redis/presence.*.
#pragma once

#include <string>

#include "core/state.hpp"
#include "core/types.hpp"

namespace redvip {

struct Presence {
  State state = State::starting;
  Priority priority = Priority::of(1);  // in effect
  bool paused = false;
  std::string reason;  // why it is in that state, a sentence; perhaps shortened

  bool operator==(const Presence&) const = default;
};

}  // namespace redvip

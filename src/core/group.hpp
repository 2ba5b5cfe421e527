// Services of one `group` move together: what the others ask of each one on this node. Pure.
//
// The group's first service leads the way: where it is owned, the others are taken over too. And a
// service that this node cannot own keeps the others away from it. Whether one may move is still
// decided by its own gates: no data is given up to keep a group together, so a group can be apart
// while one of its standbys is not in sync.
#pragma once

#include <string>
#include <vector>

#include "core/action.hpp"

namespace redvip {

struct GroupMember {
  std::string service;
  std::string group;  // empty: none
  State state = State::starting;
  bool blocked = false;  // in `fault` only because of the group
};

struct GroupAdvice {
  std::string blocked_by;  // the service that cannot be owned here; empty: all can
  bool take_over = false;  // the first of the group is owned here, this one could be
  bool operator==(const GroupAdvice&) const = default;
};

// In the order of `members`, which is that of the configuration.
[[nodiscard]] std::vector<GroupAdvice> advise(const std::vector<GroupMember>& members);

}  // namespace redvip

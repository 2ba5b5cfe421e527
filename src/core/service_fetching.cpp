// holding while nobody leads, and the Redis that has all has no redvip to lead with it: this node
// copies it, and may lead then.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {

// Whoever could have more than that one is seen, and has not; whoever has as much and a redvip
// would lead.
std::optional<NodeIndex> Service::orphan() const {
  const auto* mine = local();
  if (!mine || mine->loading) return std::nullopt;
  const auto has_all = [&](NodeIndex node) {
    for (NodeIndex other = 0; other < site_.nodes.size(); ++other) {
      if (other == node || (other != site_.self && !site_.priority(other))) continue;
      const auto* theirs = at(other);
      if (!theirs) return false;
      const auto comparison =
          other == site_.self ? mirrored(compared_with(*at(node))) : compare(*at(node), *theirs);
      const bool more =
          comparison.relation == Relation::ahead || comparison.relation == Relation::theirs_empty;
      if (other == site_.self && more) continue;  // what is not exact is saved before
      if (!comparison.exact || !(more || comparison.relation == Relation::same)) return false;
    }
    return true;
  };
  for (const auto node : site_.service.nodes) {
    const auto* theirs = node == site_.self ? nullptr : at(node);
    if (!theirs || !facts_.peer_missing(now_, node)) continue;
    if (may_be_led_with(*theirs) && has_all(node)) return node;
  }
  return std::nullopt;
}

Micros Service::unled(NodeIndex node) const {
  const auto& back = facts_.redis(node).back_at;
  return back ? std::min(unowned(), Micros{now_ - *back}) : Micros{0};
}

// One that is no master feeds nobody. No client has its address, nor comes through the virtual one.
// Its redvip, if it runs, needs a moment to find a local Redis that was away; and it is looked for
// once more before its Redis is told anything.
bool Service::fetch_from_orphan() {
  if (!journal_ || now_ - state_since_ < patience_with_missing()) return false;
  const auto from = orphan();
  if (!from || unled(*from) < patience_with_missing()) return false;
  if (follow_sent_ && now_ - *follow_sent_ < patience_with_interference()) return true;
  if (!facts_.responsive(now_, *from, site_.service.redis.probe_interval)) return true;
  const auto* theirs = at(*from);
  const std::string whose = site_.name(*from) + ", which has more and whose redvip is not running";
  if (theirs->is_master()) {
    if (!follows(*local(), *from)) reason_ = "nobody leads: following " + whose;
    follow_owner(*from);
  } else if (const auto* missing = happened<event::PeerMissing>();
             missing && missing->node == *from && !theirs->link_up) {
    note(true, "nobody leads: making a master of the Redis of " + whose);
    command(*from, command::Promote{});
  }
  return true;
}

}  // namespace redvip

// The two questions that protect data: may this node lead with the dataset it has, and may its
// Redis follow that master without losing anything? (DESIGN section 6). Pure functions of what is
// known.
#pragma once

#include <optional>
#include <string>

#include "core/action.hpp"
#include "core/facts.hpp"
#include "core/lineage.hpp"

namespace redvip {

struct Verdict {
  bool yes = false;
  std::string why;  // when no: a sentence naming what stands against it

  static Verdict fit() { return {true, {}}; }
  static Verdict unfit(std::string reason) { return {false, std::move(reason)}; }
};

// May this node stand by or lead when nobody else does? `unowned` is how long nobody has.
[[nodiscard]] Verdict may_lead(const Site& site, const Facts& facts,
                               const std::optional<Journal>& journal, Instant now, Micros unowned);

// Is the local Redis, a replica, complete enough to be promoted now that its master is gone?
[[nodiscard]] Verdict may_promote(const Site& site, const Observation& local);

// May this node, standing by without an owner, go on to lead? A replica whose link is up or has
// just broken answers for itself; anything else (a master, a parked one) only by comparison.
[[nodiscard]] Verdict may_take_over(const Site& site, const Facts& facts,
                                    const std::optional<Journal>& journal, const Observation& local,
                                    Instant now, Micros unowned);

// A node that could lead too and has more of the same history; priority decides between equals
// only.
[[nodiscard]] std::optional<NodeIndex> longer_history(const Site& site, const Facts& facts,
                                                      const Observation& local, Instant now);

// Neither does anybody forbid it, nor is it in the middle of a load or a copy. Whose data counts is
// another question.
[[nodiscard]] bool may_be_led_with(const Observation& redis);

// Whether this replica, whose master is not there, would go back to it, whatever that has then, and
// copy it.
[[nodiscard]] bool may_copy_another(const Observation& replica);

// May a Redis follow `master` and take over its data?
enum class Follow : std::uint8_t {
  yes,
  save_first,  // it has, or may have, bytes of its own, which the configuration wants kept in a
               // file
  no,
};
struct FollowVerdict {
  Follow follow = Follow::no;
  std::string why;
};
// `comparison` is follower's to master's. `was_copy`: the follower's data is known to have come
// from the owner of its time, so that without any common ID it is still the same service's.
[[nodiscard]] FollowVerdict may_follow(const RedisConfig& config, const Observation& follower,
                                       const Observation& master, const Comparison& comparison,
                                       bool was_copy);

}  // namespace redvip

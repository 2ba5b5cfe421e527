#include "core/lineage.hpp"

#include <algorithm>

namespace redvip {
namespace {

Comparison by_offsets(std::int64_t mine_only, std::int64_t theirs_only) {
  mine_only = std::max<std::int64_t>(mine_only, 0);
  theirs_only = std::max<std::int64_t>(theirs_only, 0);
  if (mine_only > 0 && theirs_only > 0) return {Relation::diverged, mine_only, theirs_only};
  if (mine_only > 0) return {Relation::ahead, mine_only, 0};
  if (theirs_only > 0) return {Relation::behind, 0, theirs_only};
  return {Relation::same, 0, 0};
}

// A master without a backlog does not count its writes, so "nothing of its own" cannot be believed.
bool frozen(const Observation& redis) {
  return redis.is_master() && !redis.backlog_active;
}

// `promoted` left the line of `other` at its second_repl_offset. The result is promoted's view.
Comparison after_promotion(const Observation& promoted, const Observation& other) {
  const auto common = promoted.second_repl_offset - 1;
  auto result = by_offsets(promoted.applied_offset() - common, other.applied_offset() - common);
  const bool holds_all = other.applied_offset() <= common;
  if (holds_all) {  // a replica may also be far behind the fork: count from where it stands
    const auto gap = promoted.applied_offset() - other.applied_offset();
    return gap > 0 ? Comparison{Relation::ahead, gap, 0} : Comparison{Relation::same, 0, 0};
  }
  if (result.relation == Relation::behind && frozen(promoted) && promoted.keys > 0) {
    result.relation = Relation::diverged;
  }
  return result;
}

Comparison mirrored(Comparison comparison) {
  std::swap(comparison.mine_only, comparison.theirs_only);
  if (comparison.relation == Relation::ahead) {
    comparison.relation = Relation::behind;
  } else if (comparison.relation == Relation::behind) {
    comparison.relation = Relation::ahead;
  }
  return comparison;
}

Comparison without_common_id(const Observation& mine, const Observation& theirs) {
  if (mine.keys == 0 && theirs.keys == 0) return {Relation::same, 0, 0};
  if (mine.keys == 0) return {Relation::mine_empty, 0, 0};
  if (theirs.keys == 0) return {Relation::theirs_empty, 0, 0};
  return {Relation::unrelated, 0, 0};
}

}  // namespace

bool trusted(const Observation& redis) {
  if (redis.loading) return false;
  // After a full copy that failed past the flush, a replica keeps its ID and its master_repl_offset
  // over an empty dataset; the two offsets then differ.
  // One that was born parked and has no history yet says 1 and 0 (measured, 7.0.15).
  const bool newborn = redis.slave_repl_offset == 1 && redis.master_repl_offset == 0;
  return redis.is_master() || newborn || redis.slave_repl_offset == redis.master_repl_offset;
}

Comparison compare(const Observation& mine, const Observation& theirs) {
  if (mine.loading || theirs.loading) return {};
  const bool common_id = mine.replid == theirs.replid || mine.replid2 == theirs.replid ||
                         theirs.replid2 == mine.replid ||
                         (!mine.replid2.empty() && mine.replid2 == theirs.replid2);
  if (!common_id) return without_common_id(mine, theirs);
  if (!trusted(mine) || !trusted(theirs)) return {};
  if (mine.replid == theirs.replid) {
    const auto gap = mine.applied_offset() - theirs.applied_offset();
    return by_offsets(gap, -gap);
  }
  if (mine.replid2 == theirs.replid) return after_promotion(mine, theirs);
  if (theirs.replid2 == mine.replid) return mirrored(after_promotion(theirs, mine));
  const auto fork = std::min(mine.second_repl_offset, theirs.second_repl_offset) - 1;
  auto result = by_offsets(mine.applied_offset() - fork, theirs.applied_offset() - fork);
  if ((result.relation == Relation::behind && frozen(mine) && mine.keys > 0) ||
      (result.relation == Relation::ahead && frozen(theirs) && theirs.keys > 0)) {
    result.relation = Relation::diverged;
  }
  return result;
}

std::string describe(const Comparison& comparison) {
  switch (comparison.relation) {
    case Relation::same:
      return "has the same data as";
    case Relation::ahead:
      return "is " + std::to_string(comparison.mine_only) + " bytes ahead of";
    case Relation::behind:
      return "is " + std::to_string(comparison.theirs_only) + " bytes behind";
    case Relation::diverged:
      return "diverged from (" + std::to_string(comparison.mine_only) + " bytes only here, " +
             std::to_string(comparison.theirs_only) + " only there)";
    case Relation::unrelated:
      return "shares no history with";
    case Relation::mine_empty:
      return "is empty, unlike";
    case Relation::theirs_empty:
      return "has data, unlike";
    case Relation::untrusted:
      return "cannot be compared yet with";
  }
  return {};
}

}  // namespace redvip

#include "core/lineage.hpp"

#include <algorithm>

namespace redvip {
namespace {

// Both have everything up to `common`, and each what it has beyond.
Comparison beyond(std::int64_t common, std::int64_t mine, std::int64_t theirs) {
  const auto mine_only = std::max<std::int64_t>(mine - common, 0);
  const auto theirs_only = std::max<std::int64_t>(theirs - common, 0);
  const auto relation = mine_only > 0 ? (theirs_only > 0 ? Relation::diverged : Relation::ahead)
                                      : (theirs_only > 0 ? Relation::behind : Relation::same);
  return {relation, mine_only, theirs_only, common};
}

// A master without a backlog does not count its writes, so "nothing of its own" cannot be believed.
bool frozen(const Observation& redis) {
  return redis.is_master() && !redis.backlog_active;
}

// One that looks like `less` than the other, and may have written what its offset does not tell.
void doubt(Comparison& result, Relation less, const Observation& redis) {
  if (result.relation == less && frozen(redis) && redis.keys > 0) {
    result.relation = Relation::diverged;
  }
}

// `promoted` left the line of `other` at its second_repl_offset. The result is promoted's view.
Comparison after_promotion(const Observation& promoted, const Observation& other) {
  // The other may also be far behind the fork: they have in common what it has.
  const auto common = std::min(promoted.second_repl_offset - 1, other.applied_offset());
  auto result = beyond(common, promoted.applied_offset(), other.applied_offset());
  doubt(result, Relation::behind, promoted);
  return result;
}

Comparison without_common_id(const Observation& mine, const Observation& theirs) {
  if (mine.keys == 0 && theirs.keys == 0) return {Relation::same, 0, 0};
  if (mine.keys == 0) return {Relation::mine_empty, 0, 0};
  if (theirs.keys == 0) return {Relation::theirs_empty, 0, 0};
  return {Relation::unrelated, 0, 0};
}

// They share an ID: the table of redis.md section 2.2.
Comparison by_ids(const Observation& mine, const Observation& theirs) {
  if (mine.replid == theirs.replid) {
    const auto common = std::min(mine.applied_offset(), theirs.applied_offset());
    return beyond(common, mine.applied_offset(), theirs.applied_offset());
  }
  if (mine.replid2 == theirs.replid) return after_promotion(mine, theirs);
  if (theirs.replid2 == mine.replid) return mirrored(after_promotion(theirs, mine));
  const auto fork = std::min(mine.second_repl_offset, theirs.second_repl_offset) - 1;
  auto result = beyond(fork, mine.applied_offset(), theirs.applied_offset());
  doubt(result, Relation::behind, mine);
  doubt(result, Relation::ahead, theirs);
  return result;
}

// My dataset went through a line that theirs is in, or has left by promotion.
std::optional<Comparison> by_journal(const Observation& mine, const Observation& theirs,
                                     const std::vector<PastLine>& past) {
  // Offsets only grow along the lines; one that fell behind them belongs to a restart that nobody
  // has noted yet.
  bool exact = !frozen(mine) && (past.empty() || mine.applied_offset() >= past.back().until);
  std::int64_t forgotten = 0;  // how far the offsets had come before they started anew
  for (auto line = past.rbegin(); line != past.rend(); ++line) {
    if (!line->exact && forgotten == 0) forgotten = line->until;
    exact = exact && line->exact;
    const bool in_it = theirs.replid == line->replid;
    const bool left_it = !theirs.replid2.empty() && theirs.replid2 == line->replid;
    if (!in_it && !left_it) continue;
    const auto reached = in_it ? theirs.applied_offset() : theirs.second_repl_offset - 1;
    const auto common = std::min(line->until, reached);
    const auto mine_end = exact ? mine.applied_offset() : std::max(line->until, forgotten);
    auto result = beyond(common, mine_end, theirs.applied_offset());
    doubt(result, Relation::ahead, theirs);
    result.exact = exact;
    return result;
  }
  return std::nullopt;
}

}  // namespace

Comparison mirrored(Comparison comparison) {
  std::swap(comparison.mine_only, comparison.theirs_only);
  const auto other_way = [](Relation relation) {
    switch (relation) {
      case Relation::ahead:
        return Relation::behind;
      case Relation::behind:
        return Relation::ahead;
      case Relation::mine_empty:
        return Relation::theirs_empty;
      case Relation::theirs_empty:
        return Relation::mine_empty;
      default:
        return relation;
    }
  };
  comparison.relation = other_way(comparison.relation);
  return comparison;
}

bool trusted(const Observation& redis) {
  if (redis.loading) return false;
  // After a full copy that failed past the flush, a replica keeps its ID and its master_repl_offset
  // over an empty dataset; the two offsets then differ.
  // One that was born parked and has no history yet says 1 and 0 (measured, 7.0.15).
  const bool newborn = redis.slave_repl_offset == 1 && redis.master_repl_offset == 0;
  return redis.is_master() || newborn || redis.slave_repl_offset == redis.master_repl_offset;
}

Comparison compare(const Observation& mine, const Observation& theirs,
                   const std::vector<PastLine>& past) {
  if (mine.loading || theirs.loading) return {};
  const bool common_id = mine.replid == theirs.replid || mine.replid2 == theirs.replid ||
                         theirs.replid2 == mine.replid ||
                         (!mine.replid2.empty() && mine.replid2 == theirs.replid2);
  if (!common_id) {
    const auto plain = without_common_id(mine, theirs);
    return plain.relation == Relation::unrelated ? by_journal(mine, theirs, past).value_or(plain)
                                                 : plain;
  }
  if (!trusted(mine) || !trusted(theirs)) return {};
  const auto result = by_ids(mine, theirs);
  // What one has beyond the other is pings, or deleted since: nothing that could be lost.
  if (mine.keys == 0 && theirs.keys == 0) return {Relation::same, 0, 0};
  // The same place in the same history with data and without: one of them is a replica whose copy
  // broke off after the flush, and which was then promoted by hand.
  const bool contradiction =
      result.relation == Relation::same && (mine.keys == 0) != (theirs.keys == 0);
  return contradiction ? without_common_id(mine, theirs) : result;
}

std::string describe(const Comparison& comparison) {
  const std::string about = comparison.exact ? "" : "about ";
  switch (comparison.relation) {
    case Relation::same:
      return comparison.exact ? "has the same data as" : "had the same data before a restart as";
    case Relation::ahead:
      return "is " + about + std::to_string(comparison.mine_only) + " bytes ahead of";
    case Relation::behind:
      return "is " + about + std::to_string(comparison.theirs_only) + " bytes behind";
    case Relation::diverged:
      return "diverged from (" + about + std::to_string(comparison.mine_only) +
             " bytes only here, " + std::to_string(comparison.theirs_only) + " only there)";
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

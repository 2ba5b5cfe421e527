// Whose data counts: two Redis datasets compared by replication ID and offset (Redis keeps the
// epoch already), and, where Redis has forgotten, by what the journal knows of the local one.
#pragma once

#include <string>

#include "core/journal.hpp"

namespace redvip {

enum class Relation : std::uint8_t {
  same,       // the same bytes of the same history, or both without any data
  ahead,      // mine contains all of theirs, and more
  behind,     // theirs contains all of mine, and more
  diverged,   // a common history, then each went its own way
  unrelated,  // both have data, nothing in common can be proven
  mine_empty,
  theirs_empty,
  untrusted,  // one of the two cannot be judged now (loading, or offsets that do not match its
              // data)
};

struct Comparison {
  Relation relation = Relation::untrusted;
  std::int64_t mine_only = 0;    // bytes of replication stream that only mine has; 0 if unknown
  std::int64_t theirs_only = 0;  // and that only theirs has
  std::int64_t common = -1;      // the last offset that both have; -1: none is known
  // Whether the figures are Redis's own. If not, they rest on the last look before a restart.
  bool exact = true;

  bool operator==(const Comparison&) const = default;
};

// `past`: the lines that my dataset has left (Journal::past), for when the two share no ID.
[[nodiscard]] Comparison compare(const Observation& mine, const Observation& theirs,
                                 const std::vector<PastLine>& past = {});
// The same two from the other side.
[[nodiscard]] Comparison mirrored(Comparison comparison);

// Whether the offsets of this Redis describe the data that it has.
[[nodiscard]] bool trusted(const Observation& redis);

// "is 120 bytes ahead of", "diverged from (53 bytes here, 49 there)": for reasons and the history.
[[nodiscard]] std::string describe(const Comparison& comparison);

}  // namespace redvip

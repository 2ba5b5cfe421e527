// Whose data counts: two Redis datasets compared by replication ID and offset. Redis keeps the
// epoch already; /work's redis.md section 2.2 has the table this implements.
#pragma once

#include <string>

#include "core/observation.hpp"

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

  bool operator==(const Comparison&) const = default;
};

[[nodiscard]] Comparison compare(const Observation& mine, const Observation& theirs);

// Whether the offsets of this Redis describe the data that it has.
[[nodiscard]] bool trusted(const Observation& redis);

// "is 120 bytes ahead of", "diverged from (53 bytes here, 49 there)": for reasons and the history.
[[nodiscard]] std::string describe(const Comparison& comparison);

}  // namespace redvip

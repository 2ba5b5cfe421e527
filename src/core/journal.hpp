// What a node remembers over its own restart and over those of Redis: which data the service had
// when it was last seen, and through which replication IDs the local dataset came to be. Redis
// itself remembers two of them, and none over an append-only file (redis.md sections 2.1, 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/observation.hpp"

namespace redvip {

// A place in a history, and how much there was.
struct Dataset {
  std::string replid;
  std::int64_t offset = 0;
  std::int64_t keys = 0;

  [[nodiscard]] static Dataset of(const Observation& redis) {
    return {redis.replid, redis.applied_offset(), redis.keys};
  }
  bool operator==(const Dataset&) const = default;
};

// One look at the local Redis and at the service's data.
struct JournalEntry {
  bool served = false;    // this node was the owner; else somebody else was
  std::string served_by;  // the run_id of the Redis that was
  Dataset needed;         // the owner's data, as last seen: what a node must have to lead alone
  std::string run_id;     // and the local Redis
  Dataset own;
  std::string replid2;
  std::int64_t second_repl_offset = -1;
  Role role = Role::master;
  // The last offset that the local dataset and the owner's had in common before a full copy of the
  // owner's replaced it; none: not known.
  std::optional<std::int64_t> joined_at;

  bool operator==(const JournalEntry&) const = default;
};

// A replication ID that the local dataset has left, and the last offset that it has of it.
struct PastLine {
  std::string replid;
  std::int64_t until = 0;
  // Whether `until` came from Redis. After an append-only file was replayed it is only the last
  // offset that this journal saw: there may be a little more, or (appendfsync) less.
  bool exact = true;

  bool operator==(const PastLine&) const = default;
};

struct Journal {
  JournalEntry last;
  std::vector<PastLine> past;          // oldest first, at most `most_lines`
  std::optional<Dataset> last_served;  // the furthest that this node has been as the owner

  static constexpr std::size_t most_lines = 32;
  bool operator==(const Journal&) const = default;
};

[[nodiscard]] Journal noted(const std::optional<Journal>& before, const JournalEntry& entry);

}  // namespace redvip

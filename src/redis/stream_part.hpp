// A part of a replication stream, and whether a Redis can give it: what INFO must say first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/observation.hpp"

namespace redvip::redis {

struct StreamPart {
  std::string replid;      // of the line that both offsets belong to
  std::int64_t from = 0;   // offset of the first byte; at least 1
  std::int64_t until = 0;  // and of the last
};

// The reason, as a sentence. nullopt: it is parked, it can be un-parked with its writes paused
// (6.2), its line is `replid`, and its backlog holds every byte.
[[nodiscard]] std::optional<std::string> why_not_to_unpark(const Observation& parked,
                                                           const StreamPart& wanted);

// The same of the master that it has become. PSYNC for anything else would begin a BGSAVE.
[[nodiscard]] std::optional<std::string> why_not_to_psync(const Observation& unparked,
                                                          const StreamPart& wanted);

// Of the text of INFO; nullopt when no database has keys, or more than one.
[[nodiscard]] std::optional<int> only_database_with_keys(std::string_view info);

}  // namespace redvip::redis

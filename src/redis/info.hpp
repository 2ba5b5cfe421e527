// INFO as text to an Observation (redis.io/commands/info; genRedisInfoString in Redis's server.c).
#pragma once

#include <string_view>

#include "core/observation.hpp"
#include "redis/command.hpp"

namespace redvip::redis {

// Whether a server with this Observation::version ("7.0.15", "valkey 8.0.1") has what that version
// of Redis has; all of Valkey is later than any that is asked about.
[[nodiscard]] bool is_redis_since(int major, int minor, std::string_view version);

// Asks for what parse_info() reads, and for no more than that where the server can be told: naming
// several sections is new in Redis 7.0 and spares it half of the work. `version` is
// Observation::version, empty while it is not known.
[[nodiscard]] Words info_request(std::string_view version);

// Reads the reply to such a request, or to a plain INFO, of
// Redis 6.0 to 8 and Valkey. Fields are found by name: unknown ones are ignored, and ones that some
// version omits have a default.
//
// Errors: a field that decisions rest on is missing (run_id, role, loading, the replication IDs and
// offsets; of a replica also its master and link), or any field that is read here has a value that
// Redis cannot mean. The message names the field and the value.
[[nodiscard]] Result<Observation> parse_info(std::string_view text);

}  // namespace redvip::redis

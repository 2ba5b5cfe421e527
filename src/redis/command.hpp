// Commands in the words of the Redis documentation. With INFO, AUTH and CLIENT SETNAME, which the
// connection sends by itself, and with what stream_tail.hpp and rdb_finder.hpp name for the saving
// of a diverged dataset, this is all that redvip ever says to a Redis (ha.md S26).
#pragma once

#include <string>
#include <vector>

#include "core/command.hpp"

namespace redvip::redis {

using Words = std::vector<std::string>;

// One or more Redis commands, to be sent in this order on one connection. When clients are to be
// killed: MULTI, REPLICAOF, the CLIENT KILLs, EXEC, so that no write comes between.
[[nodiscard]] std::vector<Words> to_redis(const Command& command);

}  // namespace redvip::redis

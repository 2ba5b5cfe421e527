// Keeps what a diverged Redis had: its RDB file, linked or copied out of Redis's own directory.
#pragma once

#include <functional>
#include <string>

#include "core/config.hpp"
#include "daemon/children.hpp"

namespace redvip::daemon {

// Asks the local Redis where its RDB file is (CONFIG GET dir, dbfilename), and puts it into
// `folder`/`file_name`: a hard link where both are on one file system, which is instant, else a
// copy made by cp(1). The next BGSAVE of Redis replaces its own name and leaves ours alone.
void keep_rdb_file(Endpoint redis, const RedisConfig& access, const std::string& folder,
                   const std::string& file_name, Children& children,
                   std::function<void(Result<std::string>)> kept);

}  // namespace redvip::daemon

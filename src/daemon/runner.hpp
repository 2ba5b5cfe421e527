// `redvip run`: one thread, one io_context, until a signal ends it.
#pragma once

#include <string>

#include "core/config.hpp"

namespace redvip::daemon {

// Returns the exit code (DESIGN section 3). `config_path` is what SIGHUP reads again.
[[nodiscard]] int run_daemon(Config config, std::string config_path);

}  // namespace redvip::daemon

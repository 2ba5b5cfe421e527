// What a shell completes an argument with.
#pragma once

#include "daemon/cli.hpp"

namespace redvip::daemon {

// The names of the configuration's services or nodes, one a line. Somebody is pressing Tab: where
// the file cannot be read or is refused nothing is printed, and the exit code is 6.
[[nodiscard]] int print_names(const Invocation& asked);

}  // namespace redvip::daemon

// The commands that read: each prints its result and returns the exit code.
#pragma once

#include <optional>

#include "core/config.hpp"
#include "daemon/cli.hpp"

namespace redvip::daemon {

// Refuses with 6, having touched nothing, when the file or the host is such that running would
// harm.
[[nodiscard]] int run(const Invocation& asked);
// The file; then, unless `offline`, this host and every Redis. 0 without problems (warnings are
// none), 1 with, 6 when the file is refused.
[[nodiscard]] int check(const Invocation& asked);
[[nodiscard]] int show_status(const Invocation& asked);
[[nodiscard]] int show_explanation(const Invocation& asked);
[[nodiscard]] int show_history(const Invocation& asked);

// For the commands that only look for a running daemon: the configuration without `self` and
// secrets. Prints the errors when there is none.
[[nodiscard]] std::optional<Config> inspect_config(const Invocation& asked);

}  // namespace redvip::daemon

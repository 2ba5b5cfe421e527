// The two commands that the unit and the package run: what a dead daemon left, and a restart that
// is announced.
#pragma once

#include "daemon/cli.hpp"

namespace redvip::daemon {

// Removes this host's virtual IPs, routes and macvlans that carry redvip's mark, the clients reset
// first, unless a daemon runs (exit code 1). An address stays, at most until the kernel would take
// it, for the other node to come: Redis goes on answering there, and a connection attempt to an
// address that nobody has would cost its client a second (docs/decisions/016). 0: nothing is left.
// Where $SERVICE_RESULT says that the daemon ended by itself, what is there is meant to be.
[[nodiscard]] int release(const Invocation& asked);

// Refused (5) when no daemon runs.
[[nodiscard]] int prepare_restart(const Invocation& asked);

}  // namespace redvip::daemon

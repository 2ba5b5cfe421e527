// `redvip check`: the host and every Redis, before going live.
#pragma once

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

// For LoadOptions: every IPv4 address of this host.
[[nodiscard]] std::vector<IpAddress> host_addresses();

// Two advert intervals of the slowest service, at most a second: enough to hear an owner whose
// interval is ours, without holding up a start.
[[nodiscard]] Micros listening_time(const Config& config);

// Capabilities, interfaces, keepalived, other speakers of our VRIDs (listens for so long), and
// whether nf_tables does what redvip asks of it.
[[nodiscard]] Findings check_host(const Config& config, Micros listen);
// For a start: listens for listening_time(), and leaves nf_tables to the daemon, which tries it and
// says so itself.
[[nodiscard]] Findings check_host(const Config& config);

// The Redis of every node of every service, as it is reached from here, and how they go together.
[[nodiscard]] Findings check_redis(const Config& config);
// This node's own only: a start must not wait for a peer that is dead.
[[nodiscard]] Findings check_own_redis(const Config& config);

[[nodiscard]] bool any_problem(const Findings& findings);

}  // namespace redvip::daemon

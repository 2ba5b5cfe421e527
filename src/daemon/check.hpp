// `redvip check`: the host and every Redis, before going live.
#pragma once

#include <stop_token>

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

// For LoadOptions: every address of this host.
[[nodiscard]] std::vector<IpAddress> host_addresses();

// Two advert intervals of the slowest service, at most a second: enough to hear an owner whose
// interval is ours, without holding up a start.
[[nodiscard]] Micros listening_time(const Config& config);

// How long `redvip check` listens: two intervals of the others, which are keepalived's default of a
// second, the one of a keepalived of this host, or ours, and a little more.
[[nodiscard]] Micros patient_listening_time(const Config& config, const HostFacts& host);

// Capabilities, interfaces, keepalived, other speakers of our VRIDs, and for `redvip check` whether
// nf_tables does what redvip asks of it; fills `host`.
[[nodiscard]] Findings check_host(const Config& config, HostFacts& host);
// For a start: listens for listening_time(), and leaves nf_tables to the daemon, which tries it and
// says so itself. Another redvip with the same configuration is a problem.
[[nodiscard]] Findings check_host_for_start(const Config& config);

// The Redis of every node of every service, as it is reached from here, and how they go together
// and with who was heard on the wire.
[[nodiscard]] Findings check_redis(const Config& config, const HostFacts& host);
// What is wrong with this node's own, for a daemon that has started: a start waits for no Redis,
// since one that hangs takes a second for each question. Stops between two services.
[[nodiscard]] Findings problems_of_own_redis(const Config& config, const std::stop_token& stop);

// Whether everyone may read it.
[[nodiscard]] bool open_to_all(const std::string& path);

}  // namespace redvip::daemon

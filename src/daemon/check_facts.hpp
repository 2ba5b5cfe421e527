// The facts that check_judge.* judges, from the kernel, /proc, the wire and Redis. Blocking.
#pragma once

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

[[nodiscard]] std::vector<InterfaceFacts> interfaces_here();

// keepalived processes in our network namespace.
[[nodiscard]] std::vector<KeepalivedFacts> keepalived_here();

// All but what is heard on the wire. What cannot be read is left as if it were not there.
[[nodiscard]] HostFacts host_facts(const Config& config);

// Listens for Advertisements of our VRIDs, of any version, on the services' interfaces for so long,
// and writes down who speaks (`heard`), or why it could not listen (`deaf`).
void listen_for_speakers(const Config& config, Micros duration, HostFacts& host);

// Tries netlink::DrainGuard and ClientGate under a name of their own, so that a daemon that runs
// here goes on with its own; needs CAP_NET_ADMIN.
void try_nftables(HostFacts& host);

// Connects, authenticates, INFO, CONFIG GET, CLIENT LIST, and the commands that redvip needs; each
// step waits a second at most. Changes nothing.
[[nodiscard]] RedisFacts redis_facts(const Config& config, const ServiceConfig& service,
                                     NodeIndex node);

// Each Redis's masteruser and masterauth at every other one.
[[nodiscard]] std::vector<LoginFacts> login_facts(const ServiceConfig& service,
                                                  const std::vector<RedisFacts>& all);

}  // namespace redvip::daemon

// SCHED_FIFO and locked memory, so that a busy host does not make the daemon late. Needs
// CAP_SYS_NICE and CAP_IPC_LOCK, or RLIMIT_RTPRIO and RLIMIT_MEMLOCK.
#pragma once

#include <string>
#include <vector>

namespace redvip::daemon {

// What could not be had, and what would allow it; empty: all of it was.
[[nodiscard]] std::vector<std::string> become_realtime();
// The calling thread alone: what it writes to a disk may wait for Redis and its clients.
void become_unhurried();

}  // namespace redvip::daemon

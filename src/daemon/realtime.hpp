// SCHED_FIFO and locked memory, so that a busy host does not make the daemon late. Needs
// CAP_SYS_NICE and CAP_IPC_LOCK, or RLIMIT_RTPRIO and RLIMIT_MEMLOCK.
#pragma once

#include <string>
#include <vector>

namespace redvip::daemon {

// What could not be had, and what would allow it; empty: all of it was.
[[nodiscard]] std::vector<std::string> become_realtime();
// Before any other thread begins. glibc gives each thread a heap of its own, of which locked memory
// never gives back what was used once: a megabyte of the two that write files.
void share_one_heap();
// The calling thread alone: what it writes to a disk may wait for Redis and its clients.
void become_unhurried();

}  // namespace redvip::daemon

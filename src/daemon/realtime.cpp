#include "daemon/realtime.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

namespace redvip::daemon {

std::vector<std::string> become_realtime() {
  std::vector<std::string> missing;
  sched_param parameters{};
  parameters.sched_priority = 10;  // above everything ordinary, below the kernel's own threads
  if (::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) != 0) {
    missing.push_back(std::string{"no real-time scheduling: "} + std::strerror(errno) +
                      " (give it CAP_SYS_NICE or LimitRTPRIO=10, or set daemon.realtime = false)");
  }
  // ONFAULT: what was touched once stays; what never is costs nothing. What a start has touched is
  // not given back (malloc_trim): libnftables, in the midst of a failover, took 4.4 ms instead of
  // 0.3 to have its tables anew.
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    missing.push_back(std::string{"memory is not locked: "} + std::strerror(errno) +
                      " (give it CAP_IPC_LOCK or LimitMEMLOCK=infinity, or set daemon.realtime = "
                      "false)");
  }
  return missing;
}

void become_unhurried() {
  ::setpriority(PRIO_PROCESS, 0, 10);  // 0: on Linux the thread, not its process
}

}  // namespace redvip::daemon

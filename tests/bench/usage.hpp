// What the daemon of a host uses to look after many services.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "bench/fleet.hpp"
#include "bench/machine.hpp"

namespace redvip::bench {

// A check of one service by keepalived's script, with the machine for itself.
struct CheckCost {
  double seconds = 0;  // from its beginning to its end
  double cpu = 0;      // seconds
  double pss = 0;      // MB, of its processes while it runs

  // So much of them is there at any time when so many begin in a second.
  [[nodiscard]] double pss_of(double checks_per_second) const {
    return checks_per_second * seconds * pss;
  }
};

struct Usage {
  std::string system;
  std::string host;  // "owner" or "standby"
  int services = 0;
  bool busy = false;
  double cpu_percent = 0;    // of a core
  double redis_percent = 0;  // of a core, of all Redis servers of the host
  double switches = 0;       // per second
  double packets = 0;        // per second
  Memory memory{};
  double scripts = 0;        // of memory.pss: those that happened to run
  double check_seconds = 0;  // between two checks of a service by a script
  MachineUse machine{};

  // Had every service been checked each second, as set. Where the machine does not bear so many:
  // calculated from checks that are in nobody's way, but no less than with fewer of them.
  [[nodiscard]] double pss_with_all_checks(const CheckCost& check) const {
    return check_seconds <= 1
               ? memory.pss
               : std::max(memory.pss, memory.pss - scripts + check.pss_of(services));
  }
};

// Of both hosts, over so many seconds.
[[nodiscard]] std::vector<Usage> watch(const Fleet& fleet, bool busy, int seconds);

[[nodiscard]] CheckCost cost_of_a_check();

}  // namespace redvip::bench

// The faults that the bench measures and the demo shows.
#pragma once

#include <functional>
#include <string>

#include "lab/lab.hpp"

namespace redvip::lab {

struct Fault {
  std::string name;
  std::function<void(Lab&, Node& owner)> strike;
  std::chrono::milliseconds patience = std::chrono::seconds{3};  // of the client that meets it
};

// The same fault met by a client that gives up on a silent connection after 100 ms. One that does
// not waits for TCP, which sends again after 0.2 s and then not before another 0.4 s.
[[nodiscard]] Fault impatient(Fault fault);

[[nodiscard]] Fault redis_killed();
[[nodiscard]] Fault redis_frozen();
[[nodiscard]] Fault host_cut_off();
[[nodiscard]] Fault carrier_lost();
[[nodiscard]] Fault planned_switchover();  // SIGUSR2
[[nodiscard]] Fault daemon_killed();

}  // namespace redvip::lab

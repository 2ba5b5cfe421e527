// The faults that the bench measures and the demo shows.
#pragma once

#include <functional>
#include <string>

#include "lab/lab.hpp"

namespace redvip::lab {

struct Fault {
  std::string name;
  std::function<void(Lab&, Node& owner)> strike;
};

[[nodiscard]] Fault redis_killed();
[[nodiscard]] Fault redis_frozen();
[[nodiscard]] Fault host_cut_off();
[[nodiscard]] Fault carrier_lost();
[[nodiscard]] Fault planned_switchover();  // SIGUSR2
[[nodiscard]] Fault daemon_killed();

}  // namespace redvip::lab

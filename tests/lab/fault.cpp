#include "lab/fault.hpp"

namespace redvip::lab {

Fault impatient(Fault fault) {
  fault.name += ", client timeout 100 ms";
  fault.patience = std::chrono::milliseconds{100};
  return fault;
}

Fault redis_killed() {
  return {.name = "Redis killed", .strike = [](Lab&, Node& owner) { owner.redis.kill(); }};
}

Fault redis_frozen() {
  return {.name = "Redis frozen", .strike = [](Lab&, Node& owner) { owner.redis.freeze(); }};
}

Fault host_cut_off() {
  return {.name = "host cut off",
          .strike = [](Lab& lab, Node& owner) { lab.network.cut(owner.host); }};
}

Fault carrier_lost() {
  return {.name = "carrier lost",
          .strike = [](Lab& lab, Node& owner) { lab.network.carrier(owner.host, false); }};
}

Fault planned_switchover() {
  return {.name = "planned switchover",
          .strike = [](Lab&, Node& owner) { owner.daemon->signal(SIGUSR2); }};
}

Fault daemon_killed() {
  return {.name = "daemon killed",
          .strike = [](Lab&, Node& owner) { owner.daemon->signal(SIGKILL); }};
}

}  // namespace redvip::lab

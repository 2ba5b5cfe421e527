#include "lab/fault.hpp"

namespace redvip::lab {

Fault redis_killed() {
  return {"Redis killed", [](Lab&, Node& owner) { owner.redis.kill(); }};
}

Fault redis_frozen() {
  return {"Redis frozen", [](Lab&, Node& owner) { owner.redis.freeze(); }};
}

Fault host_cut_off() {
  return {"host cut off", [](Lab& lab, Node& owner) { lab.network.cut(owner.host); }};
}

Fault carrier_lost() {
  return {"carrier lost", [](Lab& lab, Node& owner) { lab.network.carrier(owner.host, false); }};
}

Fault planned_switchover() {
  return {"planned switchover", [](Lab&, Node& owner) { owner.daemon->signal(SIGUSR2); }};
}

Fault daemon_killed() {
  return {"daemon killed", [](Lab&, Node& owner) { owner.daemon->signal(SIGKILL); }};
}

}  // namespace redvip::lab

#include "lab/fault.hpp"

namespace redvip::lab {
namespace {

void restart_redis(Lab&, Node& node) {
  node.redis.start();
}

void restart_daemon(Lab& lab, Node& node) {
  if (!node.daemon->wait(std::chrono::seconds{10})) throw LabError{"the daemon does not end"};
  lab.start(node);
}

std::function<void(Lab&, Node&)> signal_daemon(int number) {
  return [number](Lab&, Node& node) { node.daemon->signal(number); };
}

}  // namespace

Fault impatient(Fault fault) {
  fault.name += ", client timeout 100 ms";
  fault.patience = std::chrono::milliseconds{100};
  return fault;
}

Fault redis_killed() {
  return {.name = "Redis killed",
          .strike = [](Lab&, Node& owner) { owner.redis.kill(); },
          .heal = restart_redis};
}

// With its data complete it may stay the owner.
Fault redis_killed_and_restarted() {
  return {.name = "Redis killed and restarted at once",
          .strike =
              [](Lab&, Node& owner) {
                owner.redis.kill();
                owner.redis.start();
              },
          .successor = Successor::either};
}

Fault redis_frozen() {
  return {.name = "Redis frozen",
          .strike = [](Lab&, Node& owner) { owner.redis.freeze(); },
          .heal = [](Lab&, Node& owner) { owner.redis.thaw(); }};
}

Fault host_cut_off() {
  return {.name = "host cut off",
          .strike = [](Lab& lab, Node& owner) { lab.network.cut(owner.host); },
          .heal = [](Lab& lab, Node& owner) { lab.network.heal(owner.host); }};
}

Fault carrier_lost() {
  return {.name = "carrier lost",
          .strike = [](Lab& lab, Node& owner) { lab.network.carrier(owner.host, false); },
          .heal = [](Lab& lab, Node& owner) { lab.network.carrier(owner.host, true); }};
}

Fault daemon_killed() {
  return {.name = "daemon killed", .strike = signal_daemon(SIGKILL), .heal = restart_daemon};
}

Fault daemon_frozen() {
  return {.name = "daemon frozen for 8 s",
          .strike = signal_daemon(SIGSTOP),
          .heal = signal_daemon(SIGCONT),
          .lasts = std::chrono::seconds{8}};
}

Fault replica_killed() {
  return {.name = "replica killed and restarted",
          .strike = [](Lab& lab, Node& owner) { lab.other(owner).redis.kill(); },
          .heal = [](Lab& lab, Node& owner) { lab.other(owner).redis.start(); },
          .successor = Successor::the_same};
}

Fault daemon_terminated() {
  return {.name = "daemon terminated", .strike = signal_daemon(SIGTERM), .heal = restart_daemon};
}

Fault planned_switchover() {
  // The other's redvip has just restarted, and counts as missing until it is found again: asked
  // again where that had it refused.
  const auto strike = [](Lab&, Node& owner) {
    if (!eventually([&] { return run_redvip(owner, "switchover").status == 0; })) {
      throw LabError{"the switchover is refused"};
    }
  };
  return {.name = "planned switchover", .strike = strike};
}

std::vector<Fault> all_faults() {
  return {redis_killed(),      redis_killed_and_restarted(),
          redis_frozen(),      host_cut_off(),
          carrier_lost(),      daemon_killed(),
          daemon_frozen(),     replica_killed(),
          daemon_terminated(), planned_switchover()};
}

}  // namespace redvip::lab

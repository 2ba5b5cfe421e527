#include "bench/fault.hpp"

#include <algorithm>

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto absence = 5s;
constexpr auto between_power_cuts = 2s;
constexpr auto between_boots = 5s;

void restart_redis(Scene& scene) {
  scene.owner.redis.start();
}

Fault redis_killed() {
  return {.id = "redis-killed",
          .title = "Redis killed",
          .what = "SIGKILL; started again, empty, once writes go on",
          .strike = [](Scene& scene) { scene.owner.redis.kill(); },
          .heal = restart_redis,
          .alone = true};
}

Fault redis_killed_under_load() {
  Fault fault = redis_killed();
  fault.id = "redis-killed-50";
  fault.title = "Redis killed, 50 connections";
  fault.load = {.connections = 50, .value_bytes = 100, .between = 10ms};
  fault.loss_is_physical = true;
  return fault;
}

Fault redis_restarted() {
  return {.id = "redis-restarted",
          .title = "Redis restarted empty at once",
          .what = "SIGKILL, and started again without data as soon as it has ended",
          .strike = [](Scene& scene) {
            scene.owner.redis.kill();
            scene.owner.redis.start();
          },
          .alone = true};
}

Fault redis_frozen() {
  return {.id = "redis-frozen",
          .title = "Redis frozen",
          .what = "SIGSTOP; continued after 5 s or more",
          .strike = [](Scene& scene) { scene.owner.redis.freeze(); },
          .heal = [](Scene& scene) { scene.owner.redis.thaw(); },
          .lasts = absence};
}

// Nobody waits for the answer.
void ask_for_a_slow_command(Scene& scene) {
  lab::RedisClient client{scene.owner.host, scene.owner.host.address, 500ms, 1ms};
  (void)client.command({"DEBUG", "SLEEP", "3"});
}

Fault slow_command() {
  return {.id = "slow-command",
          .title = "slow command of 3 s",
          .what = "DEBUG SLEEP 3 on the owner: it answers nobody meanwhile",
          .strike = ask_for_a_slow_command,
          .lasts = 4s,
          .redis_options = {"--enable-debug-command", "yes"},
          .redis = "enable-debug-command yes"};
}

Fault host_cut_off() {
  return {.id = "host-cut-off",
          .title = "host cut off and back",
          .what = "every frame from and to the owner is dropped, for 5 s or more",
          .strike = [](Scene& scene) { scene.site.lab.network.cut(scene.owner.host); },
          .heal = [](Scene& scene) { scene.site.lab.network.heal(scene.owner.host); },
          .lasts = absence};
}

Fault carrier_lost() {
  return {.id = "carrier-lost",
          .title = "carrier lost and back",
          .what = "the owner's cable is out for 5 s or more",
          .strike = [](Scene& scene) { scene.site.lab.network.carrier(scene.owner.host, false); },
          .heal = [](Scene& scene) { scene.site.lab.network.carrier(scene.owner.host, true); },
          .lasts = absence};
}

Fault hosts_parted() {
  return {.id = "hosts-parted",
          .title = "hosts parted, clients on both sides",
          .what =
              "for 5 s or more the owner and one client see none of the others, which are the "
              "standby, another client and the third sentinel",
          .strike = [](Scene& scene) { scene.site.part(scene.owner); },
          .heal = [](Scene& scene) { scene.site.mend(); },
          .lasts = absence,
          .both_sides = true};
}

Fault switchover(const std::string& name, const std::string& title, Load load) {
  return {.id = "switchover-" + name,
          .title = "planned switchover, " + title,
          .what =
              "`redvip switchover`; keepalived is stopped on the owner and started again once "
              "writes go on; SENTINEL FAILOVER",
          .strike = [](Scene& scene) { scene.system.switch_over(scene.owner); },
          .heal = [](Scene& scene) { scene.system.after_switch_over(scene.owner); },
          .load = load,
          .alone = true};
}

Fault daemon_killed() {
  return {.id = "daemon-killed",
          .title = "daemon killed",
          .what =
              "SIGKILL to every process of it on the owner's host (Sentinel: the sentinel there); "
              "started again after 5 s",
          .strike = [](Scene& scene) { scene.system.signal_daemon(scene.owner, SIGKILL); },
          .heal = [](Scene& scene) { scene.system.start_daemon(scene.owner); },
          .lasts = absence,
          .alone = true};
}

Fault daemon_frozen() {
  return {.id = "daemon-frozen",
          .title = "daemon frozen",
          .what =
              "SIGSTOP to every process of it on the owner's host (Sentinel: the sentinel there); "
              "continued after 5 s",
          .strike = [](Scene& scene) { scene.system.signal_daemon(scene.owner, SIGSTOP); },
          .heal = [](Scene& scene) { scene.system.signal_daemon(scene.owner, SIGCONT); },
          .lasts = absence};
}

Fault replica_killed() {
  return {.id = "replica-killed",
          .title = "replica killed",
          .what = "SIGKILL; started again, empty, after 3 s",
          .strike = [](Scene& scene) { scene.standby.redis.kill(); },
          .heal = [](Scene& scene) { scene.standby.redis.start(); },
          .lasts = 3s};
}

// The standby's power fails two seconds before the owner's, which has those two seconds alone.
Fault power_cycled(bool owner_first, lab::Persistence persistence) {
  const std::string order = owner_first ? "owner back first" : "standby back first";
  const bool kept = persistence == lab::Persistence::aof;
  Fault fault;
  fault.id = std::string{"power-"} + (owner_first ? "owner-first" : "standby-first") +
             (kept ? "-aof" : "-memory");
  fault.title = "power cycle, " + order + (kept ? ", append-only file" : ", nothing on disk");
  fault.what =
      "every process on the standby's host ends, 2 s later those on the owner's; after 2 s more "
      "the "
      "first host boots, the other one 5 s later. Both hosts are dark for 2 s whatever the system "
      "does";
  fault.strike = [](Scene& scene) {
    scene.system.power_off(scene.standby);
    std::this_thread::sleep_for(between_power_cuts);
    scene.system.power_off(scene.owner);
  };
  fault.heal = [owner_first](Scene& scene) {
    Node& first = owner_first ? scene.owner : scene.standby;
    Node& second = owner_first ? scene.standby : scene.owner;
    scene.system.power_on(first);
    std::this_thread::sleep_for(between_boots);
    scene.system.power_on(second);
  };
  fault.lasts = between_power_cuts + 2s;
  fault.heals_anyway = true;
  fault.persistence = persistence;
  if (kept) fault.redis = "appendonly yes";
  fault.loss_is_physical = !kept;
  return fault;
}

}  // namespace

std::vector<Fault> all_faults() {
  using lab::Persistence;
  return {redis_killed(),
          redis_killed_under_load(),
          redis_restarted(),
          redis_frozen(),
          slow_command(),
          host_cut_off(),
          carrier_lost(),
          hosts_parted(),
          switchover("1x1B", "1 connection, 1 B", {}),
          switchover("50x1B", "50 connections, 1 B", {.connections = 50, .between = 10ms}),
          switchover("1x100kB", "1 connection, 100 kB", {.value_bytes = 100'000, .between = 5ms}),
          switchover("50x100kB", "50 connections, 100 kB",
                     {.connections = 50, .value_bytes = 100'000, .between = 100ms}),
          daemon_killed(),
          daemon_frozen(),
          replica_killed(),
          power_cycled(true, Persistence::aof),
          power_cycled(false, Persistence::aof),
          power_cycled(true, Persistence::none),
          power_cycled(false, Persistence::none)};
}

const Fault& fault_by_id(const std::string& id) {
  static const std::vector<Fault> all = all_faults();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Fault& fault) { return fault.id == id; });
  if (found == all.end()) throw lab::LabError{"there is no fault " + id};
  return *found;
}

}  // namespace redvip::bench

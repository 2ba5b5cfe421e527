// The faults of a run: which happen, to whom, for how long. All of them end in heal().
#pragma once

#include "sim/world.hpp"

namespace redvip::sim {

struct Temper {
  Micros between_faults = Seconds{3};  // on average
  bool one_at_a_time = true;           // a fault is over before the next one begins
  bool partitions = true;              // and losses: where a healthy LAN is demanded they spoil it
  bool machines = true;                // whole hosts lose power
  bool outsiders = true;               // people, Sentinels and scripts tell Redis what to do
  unsigned duplication = 5;            // percent, on a LAN that loses packets
  bool only_restarts = false;          // of Redis, redvip and hosts; and saves
  unsigned most_faults = 1000;
};

class Chaos {
 public:
  Chaos(World& world, Temper temper) : world_{world}, temper_{temper} {}

  void start();
  // Everything is repaired, and nothing more breaks.
  void heal();
  // There were as many faults as there may be, and they are over.
  [[nodiscard]] bool spent() const {
    return faults_ >= temper_.most_faults && world_.now() > over_at_;
  }

 private:
  struct Fault {
    unsigned weight;
    Micros (Chaos::*strike)(NodeIndex);  // returns how long it lasts
    bool wanted;
  };

  void next(Micros delay);
  void strike();
  void later(Micros delay, Task repair);
  void boot(NodeIndex node, bool may_be_empty);
  [[nodiscard]] Micros while_(Micros shortest, Micros longest) {
    return world_.chance.between(shortest, longest);
  }

  Micros kill_redis(NodeIndex node);
  Micros freeze_redis(NodeIndex node);
  Micros stall_redis(NodeIndex node);
  Micros crash_daemon(NodeIndex node);
  Micros freeze_daemon(NodeIndex node);
  Micros freeze_between_actions(NodeIndex node);
  Micros lose_host(NodeIndex node);
  Micros lose_everything(NodeIndex node);
  Micros cut_host(NodeIndex node);
  Micros block_one_way(NodeIndex node);
  Micros drop_carrier(NodeIndex node);
  Micros lossy_lan(NodeIndex node);
  Micros swizzle_clog(NodeIndex node);
  Micros split_pair(NodeIndex node);
  Micros cut_clients(NodeIndex node);
  Micros delete_vip(NodeIndex node);
  Micros refuse_vip(NodeIndex node);
  Micros switchover(NodeIndex node);
  Micros pause_for_maintenance(NodeIndex node);
  Micros restart_daemon(NodeIndex node);
  Micros save_dataset(NodeIndex node);
  Micros crash_between_actions(NodeIndex node);
  Micros change_password(NodeIndex node);
  Micros foreign_hands(NodeIndex node);
  Micros drop_tracked(NodeIndex node);

  World& world_;
  Temper temper_;
  bool over_ = false;
  unsigned faults_ = 0;
  Instant over_at_{};
  std::vector<bool> resume_;      // paused by us
  std::vector<bool> restarting_;  // asked to terminate, and not yet started again
};

}  // namespace redvip::sim

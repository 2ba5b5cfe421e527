// What strikes, how it is put right again, and under which load.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/clients.hpp"
#include "bench/system.hpp"

namespace redvip::bench {

// A running installation, as a fault meets it.
struct Scene {
  Site& site;
  System& system;
  Node& owner;
  Node& standby;
  Clients& clients;
};

struct Fault {
  std::string id;     // of the command line: "redis-killed"
  std::string title;  // "Redis killed"
  std::string what;   // for the report: what is done, and how it is put right
  std::function<void(Scene&)> strike;
  std::function<void(Scene&)> heal = [](Scene&) {};
  std::chrono::milliseconds lasts{0};  // at least, from strike to heal
  // Heals as soon as it has lasted; otherwise only when writes go on again, or after a while.
  bool heals_anyway = false;
  Load load{};
  lab::Persistence persistence = lab::Persistence::none;
  std::vector<std::string> redis_options{};
  bool both_sides = false;  // another client stays with the owner
  // Acknowledged writes that had not left the owner when it died: no system can know them.
  bool loss_is_physical = false;
  // It needs the machine for itself.
  bool alone = false;
  std::string redis{};  // what `persistence` and `redis_options` come to, for the report
};

[[nodiscard]] std::vector<Fault> all_faults();
[[nodiscard]] const Fault& fault_by_id(const std::string& id);  // throws LabError

}  // namespace redvip::bench

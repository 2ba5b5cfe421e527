// The instances of all hosts side by side: what belongs to one service, with its scripts read.
#pragma once

#include <vector>

#include "daemon/import/import.hpp"
#include "daemon/import/scripts.hpp"

namespace redvip::keepalived {

// A vrrp_script that an instance, or its group, tracks.
struct TrackedCheck {
  const Check* check = nullptr;
  Tracked tracked;
  Script script;

  [[nodiscard]] int weight() const;  // as it counts; of a reversed one its sign is turned
  [[nodiscard]] bool reverse() const;
};

// One instance on one host.
struct View {
  std::size_t host = 0;  // which source
  const Host* conf = nullptr;
  const Instance* instance = nullptr;
  const Group* group = nullptr;
  std::vector<TrackedCheck> checks;
  std::vector<Script> notifies;  // the instance's, then its group's
  std::vector<Script> others;    // of virtual_server 127.0.0.1 and of unused vrrp_scripts

  [[nodiscard]] int version() const;             // 2 or 3
  [[nodiscard]] double advert_interval() const;  // seconds, as keepalived rounds them
  [[nodiscard]] int priority() const;
  [[nodiscard]] bool is_master() const {
    return instance->state && instance->state->value == "MASTER";
  }
  [[nodiscard]] std::vector<const Script*> scripts() const;
};

// One service: its instance on each host that has it; never empty.
using Pair = std::vector<View>;

// Tells what is tracked and not there, which instances are only on one host, and which were left
// out by --instance.
[[nodiscard]] std::vector<Pair> pair_up(const std::vector<Host>& hosts, const Request& request,
                                        const Files& files, Diagnosis& diagnosis);

}  // namespace redvip::keepalived

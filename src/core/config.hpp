// Configuration as values: what redvip.toml says once it has been read, checked and completed with
// defaults (src/daemon/config_file.*). The same on every node; `self` tells which one we are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace redvip {

// Index into Config::nodes. Small and dense, so that per-node facts are plain vectors.
using NodeIndex = std::size_t;

struct NodeConfig {
  std::string name;
  Ipv4 address;
};

// What to do with writes that only this node has, before it follows another (DESIGN section 6).
enum class OnDivergence : std::uint8_t { save, hold, discard };

// Who sets min-replicas-to-write: the administrator, or redvip by what it sees of the replicas.
enum class MinReplicas : std::uint8_t { untouched, managed };

struct RedisConfig {
  std::uint16_t port = 6379;
  std::optional<Ipv4> address;  // where the local Redis is reached; default: the node's address
  std::string username;         // empty: the default user
  std::string password;         // empty: none. Never logged.
  Micros probe_interval = Millis{100};
  Micros down_after = Seconds{1};  // no answer for this long: hung
  int weight = 0;                  // 0: down means fault; +n / -n moves the priority; -253..253
  Micros max_lag = Seconds{10};    // a replica link broken for longer is not promoted
  OnDivergence on_divergence = OnDivergence::save;
  int saves = 10;         // how many saved datasets are kept, 1..1000
  int saves_mb = 10'240;  // and how much of them, in MiB; the newest is kept in any case
  MinReplicas min_replicas = MinReplicas::untouched;
};

struct GarpConfig {
  int repeat = 5;                // announcements per burst, 1..100
  Micros delay = Seconds{1};     // the second burst comes this long after the first; 0: none
  Micros refresh = Seconds{60};  // then one every so often; 0: never
};

// [[service.track]]: an interface whose loss moves the priority (weight) or faults the service (0).
struct InterfaceTrack {
  std::string interface;
  int weight = 0;  // -253..253
};

struct ServiceConfig {
  std::string name;
  std::vector<NodeIndex> nodes;      // in order of preference
  std::vector<Priority> priorities;  // 1..254, parallel to `nodes`
  std::string interface;             // empty: the one that carries this node's address
  Vrid vrid = Vrid::of(1);
  std::vector<Ipv4Prefix> virtual_ips;  // 1 or more; the order on the wire
  Centiseconds advert_interval{10};     // 1..4095
  bool preempt = false;
  Micros preempt_delay{0};
  int max_moves = 10;  // take-overs of this node without an operator, within `move_window`; 0: any
  Micros move_window = Seconds{600};
  bool unicast = false;
  RedisConfig redis;
  GarpConfig garp;
  std::vector<InterfaceTrack> tracks;
  std::string notify;  // program run on each transition; empty: none
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct DaemonConfig {
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::string state_dir = "/var/lib/redvip";
  std::string runtime_dir = "/run/redvip";
  bool realtime = true;
};

struct Config {
  DaemonConfig daemon;
  std::vector<NodeConfig> nodes;  // at least one; unique names and addresses
  std::vector<ServiceConfig> services;
  NodeIndex self = 0;
};

}  // namespace redvip

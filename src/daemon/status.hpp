// What `redvip status` shows: filled by the daemon, written to <runtime_dir>/status.json, read by
// the commands. What cannot be seen is absent, never its last value.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace redvip::daemon {

struct RedisStatus {
  std::string role;  // "master", "replica", "parked"
  std::string version;
  std::string link;  // of a replica: "up", "down", "syncing"; of a master: ""
  std::int64_t offset = 0;
  std::optional<std::int64_t> lag_bytes;  // behind the owner's Redis, if both are seen
  std::int64_t keys = 0;
};

struct NodeStatus {
  std::string name;
  std::string address;
  bool self = false;
  std::string state;                 // "unknown" where nothing is known now
  std::optional<int> priority;       // in effect
  std::optional<bool> paused;        // its redvip
  std::string reason;                // why its redvip is in that state; empty: not known
  std::optional<RedisStatus> redis;  // absent: cannot be seen now
  std::string problem;               // why it cannot be seen, or what is wrong with it
  std::optional<Millis> last_seen;   // since its Redis last answered
  // Why it could not take over now, or ""; absent: it is the owner, or that is not for this node to
  // judge.
  std::optional<std::string> objection;
};

struct TrackStatus {
  std::string name;
  bool up = false;
  int weight = 0;
  std::string why;  // while it is not up
};

struct ServiceStatus {
  std::string name;
  int vrid = 0;
  std::vector<std::string> virtual_ips;
  std::string interface;
  std::string state;   // DESIGN section 5: starting, standby, promoting, serving, ...
  std::string reason;  // why it is in that state, a sentence
  std::string since;   // UTC, ISO 8601 with milliseconds
  bool paused = false;
  std::string paused_since;  // UTC; empty: not paused
  std::string paused_until;  // UTC; empty: until it is resumed
  bool holds_vip = false;
  std::optional<std::string> owner;  // node name; absent: nobody is known to own it
  bool two_owners = false;           // another owner is heard while we serve
  bool failover_possible = false;
  std::string failover;            // "to redis-b" or why not
  std::optional<Millis> estimate;  // about how long that would keep clients waiting; of the owner
  Millis silence_limit{0};         // an owner that is not heard for so long is replaced
  std::vector<TrackStatus> tracks;
  // How many adverts were heard, by what became of them; only what happened (vrrp/receive.hpp).
  std::map<std::string, std::int64_t> adverts;
  std::vector<NodeStatus> nodes;
};

struct DaemonStatus {
  std::string version;
  int pid = 0;
  std::string node;        // this node's name
  std::string written_at;  // UTC, ISO 8601 with milliseconds
  std::vector<ServiceStatus> services;
};

[[nodiscard]] std::string to_json(const DaemonStatus& status);
// The same in parts. Hundreds of services are no megabyte at a time, which a thread of a process
// with locked memory would keep for good.
void write_json(const DaemonStatus& status, const std::function<void(const std::string&)>& out);
[[nodiscard]] Result<DaemonStatus> status_from_json(const std::string& text);

}  // namespace redvip::daemon

// A healthy pair, which each test then spoils.
#pragma once

#include "daemon/history.hpp"
#include "daemon/status.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

inline const WallTime sample_now = parse_time("2026-11-19T03:12:10.000Z").value();

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline NodeStatus sample_node(const std::string& name, const std::string& role) {
  NodeStatus node;
  node.name = name;
  node.address = name == "redis-a" ? "10.77.0.1" : "10.77.0.2";
  node.redis = RedisStatus{role, "7.0.15", role == "master" ? "" : "up", 88'120'441, {}, 12};
  return node;
}

inline DaemonStatus sample_status() {
  ServiceStatus service;
  service.name = "cache";
  service.vrid = 51;
  service.virtual_ips = {"10.77.0.100/24"};
  service.interface = "eth0";
  service.state = "serving";
  service.reason = "redis-b fell silent";
  service.since = "2026-11-19T03:12:07.113Z";
  service.holds_vip = true;
  service.adverts = {{"accepted", 7}, {"checksum-error", 2}};
  service.owner = "redis-a";
  service.failover_possible = true;
  service.failover = "to redis-b";
  service.nodes = {sample_node("redis-a", "master"), sample_node("redis-b", "replica")};
  service.nodes[0].self = true;
  service.nodes[0].state = "serving";
  service.nodes[0].priority = 250;
  service.nodes[1].state = "unknown";
  service.nodes[1].priority = 245;
  service.nodes[1].last_seen = Millis{120};
  service.nodes[1].redis->lag_bytes = 0;
  return {"0.1.0", 1234, "redis-a", "2026-11-19T03:12:09.000Z", {service}};
}

inline HistoryRecord sample_record() {
  return {"2026-11-19T03:12:07.113Z",
          "redis-a",
          "cache",
          "standby",
          "promoting",
          "redis-b fell silent",
          {{"priority", "250"}, {"adverts", "none for 305 ms"}},
          {{"detect", 305.25}, {"promote", 1.5}}};
}

}  // namespace redvip::daemon

// A Redis and a host that are set up as they should be, for the tests to spoil.
#pragma once

#include "config_text.hpp"
#include "daemon/check_judge.hpp"

namespace redvip::daemon {

inline RedisFacts good_redis() {
  RedisFacts redis;
  redis.node = "redis-a";
  redis.at = {IpAddress{0x0a4d0001}, 6379};
  redis.local = true;
  redis.conf_replicaof = "127.0.0.1 0";
  redis.info.emplace();
  redis.info->version = "7.0.15";
  redis.info->keys = 12;
  redis.config = {{"save", "3600 1"},
                  {"appendonly", "no"},
                  {"rdb-del-sync-files", "no"},
                  {"requirepass", ""},
                  {"masteruser", ""},
                  {"masterauth", ""},
                  {"bind", "* -::*"},
                  {"maxmemory", "0"},
                  {"min-replicas-to-write", "0"},
                  {"repl-backlog-size", "67108864"},
                  {"repl-backlog-ttl", "0"},
                  {"repl-diskless-load", "disabled"},
                  {"repl-ping-replica-period", "10"},
                  {"repl-timeout", "60"},
                  {"tls-replication", "no"},
                  {"replica-read-only", "yes"},
                  {"replica-serve-stale-data", "yes"}};
  return redis;
}

inline std::string lines_of(const Findings& findings) {
  std::string lines;
  for (const auto& finding : findings) lines += finding.line() + '\n';
  return lines;
}

// All but the good findings, one a line.
inline std::string faults(const Findings& findings) {
  std::string lines;
  for (const auto& finding : findings) {
    if (finding.level != Level::ok) lines += finding.line() + '\n';
  }
  return lines;
}

inline const auto own_address = IpPrefix::parse("10.77.0.1/24").value();
inline constexpr IpAddress node_b{0x0a4d0002};
inline constexpr IpAddress stranger{0x0a4d0009};

inline HostFacts good_host() {
  HostFacts host;
  host.net_admin = host.net_raw = true;
  host.sys_nice = host.ipc_lock = true;
  host.interfaces = {{"lo", {IpPrefix::parse("127.0.0.1/8").value()}, true, false},
                     {"eth0", {own_address}, true}};
  host.listened = Millis{2200};
  return host;
}

// All but the good findings, one a line.
inline std::string faults(const HostFacts& host, const std::string& text = minimal) {
  std::string lines;
  for (const auto& finding : judge_host(parse(text).value(), host)) {
    if (finding.level != Level::ok)
      lines += finding.line() + (finding.stops_run ? " [stop]\n" : "\n");
  }
  return lines;
}

template <class Spoil>
std::string faults_when(Spoil spoil, const std::string& text = minimal) {
  auto redis = good_redis();
  spoil(redis);
  return faults(judge_redis(parse(text)->services[0], redis, false));
}

inline std::string faults_with(const std::string& setting, const std::string& value,
                               const std::string& text = minimal) {
  return faults_when([&](RedisFacts& redis) { redis.config[setting] = value; }, text);
}

inline const std::string about = "redis-a 10.77.0.1:6379: ";

}  // namespace redvip::daemon

// A Redis that is set up as it should be, for the tests to spoil.
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
                  {"replica-read-only", "yes"},
                  {"replica-serve-stale-data", "yes"}};
  return redis;
}

// All but the good findings, one a line.
inline std::string faults(const Findings& findings) {
  std::string lines;
  for (const auto& finding : findings) {
    if (finding.level != Level::ok) lines += finding.line() + '\n';
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

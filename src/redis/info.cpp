#include "redis/info.hpp"

#include <limits>
#include <utility>

#include "core/types.hpp"
#include "redis/info_fields.hpp"

namespace redvip::redis {
namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view no_replid = "0000000000000000000000000000000000000000";

std::string version(InfoFields& info) {
  // Valkey keeps redis_version at the one it is compatible with.
  const auto valkey = info.text_or("valkey_version", "");
  if (!valkey.empty()) return "valkey " + std::string{valkey};
  return std::string{info.text_or("redis_version", "")};
}

// Redis says -1 for "never". 6.x counts the time since a link that never was from 1970.
std::optional<Seconds> seconds_since(InfoFields& info, std::string_view name) {
  constexpr std::int64_t thirty_years = 1'000'000'000;
  const auto seconds = info.number_or(name, -1, {-1, unlimited});
  if (seconds < 0 || seconds >= thirty_years) return std::nullopt;
  return Seconds{seconds};
}

void read_server(InfoFields& info, Observation& seen) {
  seen.run_id = info.hex40("run_id");
  seen.version = version(info);
  seen.uptime = Seconds{info.number_or("uptime_in_seconds", 0, {0, unlimited})};
}

void read_history(InfoFields& info, Observation& seen) {
  seen.replid = info.hex40("master_replid");
  seen.replid2 = info.hex40("master_replid2");
  if (seen.replid2 == no_replid) seen.replid2.clear();
  seen.master_repl_offset = info.number("master_repl_offset", {0, unlimited});
  seen.second_repl_offset = info.number("second_repl_offset", {-1, unlimited});
  seen.backlog_active = info.flag("repl_backlog_active");
  seen.backlog_first_byte_offset =
      info.number_or("repl_backlog_first_byte_offset", 0, {0, unlimited});
  seen.backlog_histlen = info.number_or("repl_backlog_histlen", 0, {0, unlimited});
}

// "slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=1"; later versions append fields.
// A replica that announces a name or an IPv6 address cannot be one of our nodes and is skipped.
void read_attached_replicas(InfoFields& info, Observation& seen) {
  for (const auto& [name, line] : info.numbered("slave")) {
    const auto address = IpAddress::parse(InfoFields::part(line, "ip"));
    if (!address) continue;
    AttachedReplica replica;
    replica.at.address = *address;
    replica.at.port = static_cast<std::uint16_t>(info.part_number(name, line, "port", {0, 65535}));
    replica.online = InfoFields::part(line, "state") == "online";
    replica.offset = info.part_number(name, line, "offset", {-1, unlimited});
    replica.lag = Seconds{info.part_number(name, line, "lag", {-1, unlimited})};
    seen.replicas.push_back(replica);
  }
}

void read_replica(InfoFields& info, Observation& seen) {
  seen.master_host = info.text("master_host");
  seen.master_port = static_cast<std::uint16_t>(info.number("master_port", {0, 65535}));
  seen.link_up = info.choice("master_link_status", "up", "down");
  seen.link_down_since = seconds_since(info, "master_link_down_since_seconds");
  seen.master_last_io = seconds_since(info, "master_last_io_seconds_ago");
  seen.sync_in_progress = info.flag("master_sync_in_progress");
  seen.slave_repl_offset = info.number("slave_repl_offset", {0, unlimited});
  seen.slave_read_repl_offset =
      info.number_or("slave_read_repl_offset", seen.slave_repl_offset, {0, unlimited});
  seen.replica_priority =
      static_cast<int>(info.number_or("slave_priority", 100, {0, std::numeric_limits<int>::max()}));
  seen.replica_read_only = info.flag_or("slave_read_only", true);
}

void read_persistence(InfoFields& info, Observation& seen) {
  // async_loading (7.0): the old dataset is served while a full copy is read beside it.
  seen.loading = info.flag("loading");
  seen.loading |= info.flag_or("async_loading", false);
  seen.bgsave_in_progress = info.flag_or("rdb_bgsave_in_progress", false);
  seen.last_bgsave_ok = info.text_or("rdb_last_bgsave_status", "ok") == "ok";
  seen.aof_enabled = info.flag_or("aof_enabled", false);
}

// "db0:keys=20,expires=0,avg_ttl=0", one line for each database that is not empty.
std::int64_t count_keys(InfoFields& info) {
  std::int64_t total = 0;
  for (const auto& [name, line] : info.numbered("db")) {
    total += info.part_number(name, line, "keys", {0, unlimited - total});
  }
  return total;
}

}  // namespace

bool is_redis_since(int major, int minor, std::string_view version) {
  if (version.starts_with("valkey ")) return true;
  const auto dot = version.find('.');
  if (dot == std::string_view::npos) return false;
  const auto rest = version.substr(dot + 1);
  const std::pair<std::int64_t, std::int64_t> wanted{major, minor};
  return std::pair{parse_integer(version.substr(0, dot)).value_or(0),
                   parse_integer(rest.substr(0, rest.find('.'))).value_or(0)} >= wanted;
}

Words info_request(std::string_view version) {
  if (!is_redis_since(7, 0, version)) return {"INFO"};
  return {"INFO", "server", "replication", "persistence", "keyspace", "cluster"};
}

Result<Observation> parse_info(std::string_view text) {
  InfoFields info{text};
  Observation seen;
  read_server(info, seen);
  seen.role = info.choice("role", "master", "slave") ? Role::master : Role::replica;
  read_history(info, seen);
  read_attached_replicas(info, seen);
  if (!seen.is_master()) read_replica(info, seen);
  read_persistence(info, seen);
  seen.keys = count_keys(info);
  seen.cluster_enabled = info.flag_or("cluster_enabled", false);
  if (const auto& problem = info.problem()) return tl::unexpected<Error>(*problem);
  return seen;
}

}  // namespace redvip::redis

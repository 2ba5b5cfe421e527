// Samples 7.0 are captured from redis-server 7.0.15; 6.0, 8 and Valkey are those, changed to what
// redis.md section 1 measured of these versions.
#include "redis/info.hpp"

#include <fstream>
#include <sstream>

#include "catch.hpp"

using namespace redvip;

namespace {

std::string sample(const std::string& name) {
  std::ifstream file{REDVIP_SOURCE_DIR "/tests/unit/redis/samples/" + name + ".txt",
                     std::ios::binary};
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Observation observed(const std::string& text) {
  const auto seen = redis::parse_info(text);
  INFO((seen ? "" : seen.error().text()));
  REQUIRE(seen);
  return *seen;
}

std::string refused(const std::string& text) {
  const auto seen = redis::parse_info(text);
  REQUIRE(!seen);
  return seen.error().text();
}

// The line of `name`, with its CRLF.
std::pair<std::size_t, std::size_t> line_of(const std::string& text, const std::string& name) {
  const auto start = text.find("\n" + name + ":") + 1;
  REQUIRE(start != 0);
  return {start, text.find('\n', start) + 1 - start};
}

std::string without(std::string text, const std::string& name) {
  const auto [start, length] = line_of(text, name);
  return text.erase(start, length);
}

std::string with(std::string text, const std::string& name, const std::string& value) {
  const auto [start, length] = line_of(text, name);
  return text.replace(start, length, name + ":" + value + "\r\n");
}

const std::vector<std::string> samples{
    "redis-6.0-parked",  "redis-7.0-master",    "redis-7.0-replica", "redis-7.0-parked",
    "redis-7.0-syncing", "redis-7.0-link-down", "redis-8-master",    "valkey-8-master"};

}  // namespace

TEST_CASE("a master is read with its history, its replicas and its keys") {
  const auto seen = observed(sample("redis-7.0-master"));
  CHECK(seen.run_id == "36538e5ef4ad336a642c75a9d64cbc812395ba40");
  CHECK(seen.version == "7.0.15");
  CHECK(seen.uptime == Seconds{11});
  CHECK(seen.is_master());
  CHECK(!seen.is_parked());
  CHECK(seen.replid == "62da8b700154594fc9b8c24ae5581ad8fe3d4c78");
  CHECK(seen.replid2.empty());
  CHECK(seen.second_repl_offset == -1);
  CHECK(seen.applied_offset() == 693);
  CHECK(seen.backlog_active);
  CHECK(seen.backlog_first_byte_offset == 1);
  CHECK(seen.backlog_histlen == 693);
  const IpAddress loopback{0x7F000001};
  CHECK(seen.replicas == std::vector<AttachedReplica>{{{loopback, 6380}, true, 693, Seconds{0}},
                                                      {{loopback, 6381}, false, 0, Seconds{0}}});
  CHECK(seen.keys == 3021);
  CHECK(!seen.loading);
  CHECK(seen.bgsave_in_progress);
  CHECK(seen.last_bgsave_ok);
  CHECK(!seen.aof_enabled);
  CHECK(!seen.cluster_enabled);
}

TEST_CASE("a replica is read with its master, its link and how much it has applied") {
  const auto seen = observed(sample("redis-7.0-replica"));
  CHECK(seen.role == Role::replica);
  CHECK(!seen.is_parked());
  CHECK(seen.master_host == "127.0.0.1");
  CHECK(seen.master_port == 6379);
  CHECK(seen.link_up);
  CHECK(!seen.link_down_since);
  CHECK(seen.master_last_io == Seconds{2});
  CHECK(!seen.sync_in_progress);
  CHECK(seen.slave_repl_offset == 679);
  CHECK(seen.slave_read_repl_offset == 679);
  CHECK(seen.replica_priority == 100);
  CHECK(seen.replica_read_only);
}

TEST_CASE("a parked Redis is a replica of nothing that keeps both of its replication IDs") {
  for (const auto* name : {"redis-7.0-parked", "redis-6.0-parked"}) {
    const auto seen = observed(sample(name));
    CHECK(seen.is_parked());
    CHECK(!seen.link_up);
    CHECK(seen.replid == "df6260d054c89afe15a1619b4b8cd5dff6e9bfb6");
    CHECK(seen.replid2 == "62da8b700154594fc9b8c24ae5581ad8fe3d4c78");
    CHECK(seen.second_repl_offset == 680);
    CHECK(seen.applied_offset() == 679);
  }
}

TEST_CASE("a link that never was has no age, in the words of 7.0 and of 6.x") {
  for (const auto* name : {"redis-7.0-parked", "redis-6.0-parked"}) {
    const auto seen = observed(sample(name));
    CHECK(!seen.link_down_since);
    CHECK(!seen.master_last_io);
  }
}

TEST_CASE("a broken link has an age") {
  const auto seen = observed(sample("redis-7.0-link-down"));
  CHECK(!seen.link_up);
  CHECK(seen.link_down_since == Seconds{2});
  CHECK(!seen.master_last_io);
}

TEST_CASE("a full copy on its way is a synchronisation in progress") {
  const auto seen = observed(sample("redis-7.0-syncing"));
  CHECK(seen.sync_in_progress);
  CHECK(!seen.link_up);
  CHECK(seen.slave_repl_offset == 0);
}

TEST_CASE("where Redis does not say what it has read, it has read what it has applied") {
  const auto text = with(sample("redis-7.0-replica"), "slave_read_repl_offset", "700");
  CHECK(observed(text).slave_read_repl_offset == 700);
  CHECK(observed(without(text, "slave_read_repl_offset")).slave_read_repl_offset == 679);
}

TEST_CASE("Redis 8 and Valkey 8 are read as 7.0 is, and Valkey is called by its name") {
  auto expected = observed(sample("redis-7.0-master"));
  expected.version = "8.2.1";
  CHECK(observed(sample("redis-8-master")) == expected);
  expected.version = "valkey 8.0.1";
  CHECK(observed(sample("valkey-8-master")) == expected);
}

TEST_CASE("a dataset being loaded beside the old one counts as loading") {
  const auto text = sample("redis-7.0-replica");
  CHECK(!observed(text).loading);
  CHECK(observed(with(text, "loading", "1")).loading);
  CHECK(observed(with(text, "async_loading", "1")).loading);
}

TEST_CASE("settings that matter are read as they are set") {
  auto text = with(sample("redis-7.0-replica"), "slave_priority", "0");
  text = with(with(text, "slave_read_only", "0"), "rdb_last_bgsave_status", "err");
  text = with(with(text, "aof_enabled", "1"), "cluster_enabled", "1");
  const auto seen = observed(text);
  CHECK(seen.replica_priority == 0);
  CHECK(!seen.replica_read_only);
  CHECK(!seen.last_bgsave_ok);
  CHECK(seen.aof_enabled);
  CHECK(seen.cluster_enabled);
}

TEST_CASE("a replica that does not announce an IPv4 address is left out") {
  const auto line = "ip=redis-c.example,port=6379,state=online,offset=1,lag=0";
  const auto seen = observed(with(sample("redis-7.0-master"), "slave0", line));
  REQUIRE(seen.replicas.size() == 1);
  CHECK(seen.replicas[0].at.port == 6381);
}

TEST_CASE("an empty Redis has no keys") {
  CHECK(observed(without(without(sample("redis-7.0-master"), "db0"), "db3")).keys == 0);
}

TEST_CASE("a field that decisions rest on must be there, and the error names it") {
  const std::vector<std::string> of_any{"run_id",
                                        "role",
                                        "loading",
                                        "master_replid",
                                        "master_replid2",
                                        "master_repl_offset",
                                        "second_repl_offset",
                                        "repl_backlog_active"};
  const std::vector<std::string> of_replica{"master_host", "master_port", "master_link_status",
                                            "master_sync_in_progress", "slave_repl_offset"};
  for (const auto& name : of_any) {
    CHECK(refused(without(sample("redis-7.0-master"), name)) == "INFO has no " + name);
  }
  for (const auto& name : of_replica) {
    CHECK(refused(without(sample("redis-7.0-replica"), name)) == "INFO has no " + name);
  }
}

TEST_CASE("a field that is malformed is refused, with its value and what is allowed") {
  const auto text = sample("redis-7.0-replica");
  CHECK(refused(with(text, "role", "sentinel")) == "INFO says role:sentinel, not master or slave");
  CHECK(refused(with(text, "run_id", "xyz")) == "INFO says run_id:xyz, not 40 hexadecimal digits");
  CHECK(refused(with(text, "master_port", "65536")) ==
        "INFO says master_port:65536, not a number from 0 to 65535");
  const std::vector<std::string> numbers{"master_repl_offset", "second_repl_offset",
                                         "slave_repl_offset", "slave_read_repl_offset"};
  for (const auto& name : numbers) {
    for (const auto* value : {"", "12x", "-2", "9223372036854775808"}) {
      CHECK(refused(with(text, name, value)).starts_with("INFO says " + name + ":" + value + ","));
    }
  }
  CHECK(refused(with(text, "db0", "expires=0")).starts_with("INFO says db0 keys:,"));
}

TEST_CASE("more keys than can be counted are refused, not wrapped around") {
  auto text = with(sample("redis-7.0-master"), "db0", "keys=9223372036854775807");
  CHECK(refused(text).starts_with("INFO says db3 keys:1,"));
}

TEST_CASE("a server that can be asked for sections is asked for what is read, any other for all") {
  const redis::Words sections{"INFO",        "server",   "replication",
                              "persistence", "keyspace", "cluster"};
  for (const char* version : {"7.0.15", "7.2.4", "8.0.2", "10.0.0", "valkey 7.2.9", "valkey 8.1.0"})
    CHECK(redis::info_request(version) == sections);
  for (const char* version : {"", "6.0.16", "6.2.14", "valkey", "?", " "})
    CHECK(redis::info_request(version) == redis::Words{"INFO"});
}

TEST_CASE("of a long malformed value only the beginning is repeated") {
  const auto text = with(sample("redis-7.0-master"), "run_id", std::string(100000, 'x'));
  CHECK(refused(text).size() < 200);
}

TEST_CASE("every prefix of a reply is refused, or says the same of role and history as the whole") {
  for (const auto& name : samples) {
    const auto text = sample(name);
    const auto whole = observed(text);
    for (std::size_t length = 0; length < text.size(); ++length) {
      const auto seen = redis::parse_info(std::string_view{text}.substr(0, length));
      if (!seen) continue;
      REQUIRE(seen->run_id == whole.run_id);
      REQUIRE(seen->role == whole.role);
      REQUIRE(seen->loading == whole.loading);
      REQUIRE(seen->replid == whole.replid);
      REQUIRE(seen->replid2 == whole.replid2);
      REQUIRE(seen->second_repl_offset == whole.second_repl_offset);
      REQUIRE(seen->applied_offset() == whole.applied_offset());
    }
    CHECK(!redis::parse_info(std::string_view{text}.substr(0, text.size() / 2)));
  }
}

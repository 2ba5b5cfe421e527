#include "redis/command.hpp"

#include "catch.hpp"

using namespace redvip;
using redis::to_redis;
using redis::Words;

namespace {

using All = std::vector<Words>;
const Endpoint vip{IpAddress{0x0A4D0064}, 6379};
const Endpoint other_vip{IpAddress{0x0A4D0065}, 6379};

}  // namespace

TEST_CASE("writes are paused by milliseconds and for writes only") {
  CHECK(to_redis(command::PauseWrites{Millis{2000}}) == All{{"CLIENT", "PAUSE", "2000", "WRITE"}});
  CHECK(to_redis(command::UnpauseWrites{}) == All{{"CLIENT", "UNPAUSE"}});
}

TEST_CASE("promoting is REPLICAOF NO ONE and saving is BGSAVE") {
  CHECK(to_redis(command::Promote{}) == All{{"REPLICAOF", "NO", "ONE"}});
  CHECK(to_redis(command::SaveDataset{}) == All{{"BGSAVE"}});
}

TEST_CASE("following and parking are one REPLICAOF when no client is to be killed") {
  const Endpoint master{IpAddress{0x0A4D0002}, 6380};
  CHECK(to_redis(command::Follow{master, {}}) == All{{"REPLICAOF", "10.77.0.2", "6380"}});
  CHECK(to_redis(command::Park{}) == All{{"REPLICAOF", "127.0.0.1", "0"}});
}

TEST_CASE("the role changes before its clients are killed, both in one transaction") {
  CHECK(to_redis(command::Park{{vip, other_vip}}) ==
        All{{"MULTI"},
            {"REPLICAOF", "127.0.0.1", "0"},
            {"CLIENT", "KILL", "LADDR", "10.77.0.100:6379", "TYPE", "normal"},
            {"CLIENT", "KILL", "LADDR", "10.77.0.100:6379", "TYPE", "pubsub"},
            {"CLIENT", "KILL", "LADDR", "10.77.0.101:6379", "TYPE", "normal"},
            {"CLIENT", "KILL", "LADDR", "10.77.0.101:6379", "TYPE", "pubsub"},
            {"CLIENT", "UNPAUSE"},
            {"EXEC"}});
  const auto follow = to_redis(command::Follow{{IpAddress{0x0A4D0002}, 6380}, {vip}});
  REQUIRE(follow.size() == 6);
  CHECK(follow[1] == Words{"REPLICAOF", "10.77.0.2", "6380"});
}

TEST_CASE("parking a stranger also ends the copies that are being taken of it") {
  const auto park = to_redis(command::Park{{}, true});
  CHECK(park == All{{"MULTI"},
                    {"REPLICAOF", "127.0.0.1", "0"},
                    {"CLIENT", "KILL", "TYPE", "replica"},
                    {"EXEC"}});
}

TEST_CASE("how many replicas a write needs is a setting of Redis") {
  CHECK(to_redis(command::RequireReplicas{1}) ==
        All{{"CONFIG", "SET", "min-replicas-to-write", "1"}});
}

#include <algorithm>

#include "catch.hpp"
#include "check_sample.hpp"
#include "daemon/check_commands.hpp"

namespace redvip::daemon {

namespace {

std::string faults_without(const std::vector<RefusedCommand>& refused,
                           const std::string& text = minimal) {
  return faults_when([&](RedisFacts& redis) { redis.refused_commands = refused; }, text);
}

// "CLIENT KILL LADDR ..." -> "client|kill"
std::string rule_of(const redis::Words& words) {
  const bool has_subcommand = words[0] == "CLIENT" || words[0] == "CONFIG";
  auto name = has_subcommand ? words[0] + '|' + words[1] : words[0];
  std::ranges::transform(name, name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return name;
}

const std::string sentinel_clients =
    "id=3 addr=10.77.0.2:50000 laddr=10.77.0.1:6379 fd=8 name=redvip age=1 cmd=info user=default\n"
    "id=4 addr=10.77.0.9:50001 fd=9 name=sentinel-f6fd34a4-cmd age=1 cmd=ping user=default\n"
    "id=5 addr=10.77.0.9:50002 fd=9 name=sentinel-f6fd34a4-pubsub age=1 cmd=subscribe\n";

}  // namespace

TEST_CASE("every command that redvip sends is among those that it checks") {
  RedisConfig all;
  all.min_replicas = MinReplicas::managed;
  const auto checked = needed_commands(all);
  const Endpoint somewhere{IpAddress{0x0a4d0002}, 6379};
  const std::vector<Command> commands{command::PauseWrites{Millis{1}},
                                      command::UnpauseWrites{},
                                      command::Promote{},
                                      command::Follow{somewhere, {somewhere}},
                                      command::Park{{somewhere}, true},
                                      command::RequireReplicas{1},
                                      command::SaveDataset{}};
  REQUIRE(commands.size() == std::variant_size_v<Command>);
  for (const auto& command : commands) {
    for (const auto& words : redis::to_redis(command)) {
      INFO(rule_of(words));
      CHECK(std::ranges::find(checked, rule_of(words)) != checked.end());
    }
  }
}

TEST_CASE("a command that the configuration never sends is not asked for") {
  RedisConfig redis;
  redis.on_divergence = OnDivergence::discard;
  const auto names = needed_commands(redis);
  for (const auto* unused : {"config|set", "bgsave", "psync"}) {
    CHECK(std::ranges::find(names, unused) == names.end());
  }
}

TEST_CASE("what is queued to be tried can neither end the transaction nor be EXEC") {
  RedisConfig all;
  all.min_replicas = MinReplicas::managed;
  for (const auto& command : queued_commands(all)) {
    CHECK(rule_of(command.words) == command.name);
    CHECK(command.words[0] != "EXEC");
    CHECK(command.words[0] != "DISCARD");
  }
}

TEST_CASE("a refusal is of the command only when it is forbidden or not known") {
  CHECK(refusal_of("x", "NOPERM this user has no permissions to run the 'x' command") ==
        RefusedCommand{"x", false});
  CHECK(refusal_of("exec", "EXECABORT Transaction discarded because of: NOPERM this user") ==
        RefusedCommand{"exec", false});
  CHECK(refusal_of("x", "ERR unknown command 'X', with args beginning with: ") ==
        RefusedCommand{"x", true});
  for (const auto* other : {"ERR EXEC without MULTI", "LOADING Redis is loading the dataset",
                            "ERR Command not allowed inside a transaction", "MASTERDOWN Link"}) {
    CHECK_FALSE(refusal_of("x", other));
  }
}

TEST_CASE("all forbidden commands are one line with the rule that allows them") {
  CHECK(faults_without({{"replicaof", false}, {"client|kill", false}}) ==
        "PROBLEM  " + about +
            "its user may not REPLICAOF, CLIENT KILL - ACL SETUSER default +replicaof "
            "+client|kill, and the same in redis.conf or the aclfile\n");
  CHECK(faults_without({{"replicaof", false}},
                       minimal + "redis.username = \"vip\"\nredis.password = \"x\"\n")
            .find("ACL SETUSER vip +replicaof,") != std::string::npos);
}

TEST_CASE("without MULTI the rule names everything, since the rest could not be tried") {
  CHECK(faults_without({{"multi", false}}) ==
        "PROBLEM  " + about +
            "its user may not MULTI, or more - ACL SETUSER default +multi +exec +info +replicaof "
            "+client|pause +client|unpause +client|kill +config|get +bgsave "
            "+psync, and the same in redis.conf or the aclfile\n");
}

TEST_CASE("a command that rename-command took away is a line of its own") {
  CHECK(faults_without({{"replicaof", true}, {"bgsave", false}}) ==
        "PROBLEM  " + about +
            "does not know REPLICAOF - remove its rename-command from redis.conf and restart it\n"
            "PROBLEM  " +
            about +
            "its user may not BGSAVE - ACL SETUSER default +bgsave, and the same in redis.conf or "
            "the aclfile\n");
}

TEST_CASE("an INFO that is forbidden is told once, with all that is") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.info.reset();
          redis.error = "NOPERM this user has no permissions to run the 'info' command";
          redis.refused_commands = {{"info", false}, {"bgsave", false}};
        }) == "PROBLEM  " + about +
                  "its user may not INFO, BGSAVE - ACL SETUSER default +info +bgsave, and the same "
                  "in redis.conf or the aclfile\n");
}

TEST_CASE("a Sentinel is known by its connections' names and told by its address, once") {
  CHECK(sentinels_in(sentinel_clients) == std::vector<std::string>{"10.77.0.9"});
  CHECK(sentinels_in("id=3 addr=10.77.0.2:5 name=sentinel-watcher cmd=info\n").empty());
  CHECK(faults_when([](RedisFacts& redis) { redis.clients = sentinel_clients; }) ==
        "PROBLEM  " + about +
            "a Sentinel watches it, from 10.77.0.9: two managers move its role - SENTINEL REMOVE "
            "its master there, or stop the Sentinel\n");
}

TEST_CASE("what only tells the nodes of one another is a warning when it is forbidden") {
  CHECK(faults_without({{"client|setname", false}}) ==
        "WARNING  " + about +
            "its user may not CLIENT SETNAME: redvip works without, but the nodes know less of one "
            "another - ACL SETUSER default +client|setname, and the same in redis.conf or the "
            "aclfile\n");
  CHECK(
      faults_without({{"client|setname", true}})
          .starts_with("WARNING  " + about + "does not know CLIENT SETNAME: redvip works without"));
  // Beside a problem it is a line of its own.
  const auto both = faults_without({{"client|setname", false}, {"bgsave", false}});
  CHECK(both.find("PROBLEM  " + about + "its user may not BGSAVE -") != std::string::npos);
  CHECK(both.find("WARNING  " + about + "its user may not CLIENT SETNAME:") != std::string::npos);
}

TEST_CASE("who may not list the clients is told once that a Sentinel would not be seen") {
  const auto lines = faults_when([](RedisFacts& redis) {
    redis.clients_error = "NOPERM this user has no permissions to run the 'client|list' command";
    redis.refused_commands = {{"client|list", false}};
  });
  CHECK(lines ==
        "WARNING  " + about +
            "its user may not CLIENT LIST: redvip works without, but the nodes know less of one "
            "another, and a Sentinel is not seen - ACL SETUSER default +client|list, and the same "
            "in redis.conf or the aclfile\n");
}

TEST_CASE("daemons are known by their connections' names, over IPv6 too") {
  CHECK(redvips_in(sentinel_clients) == std::vector<std::string>{"10.77.0.2"});
  CHECK(redvips_in("id=1 addr=[fd00::2]:40000 laddr=[fd00::1]:6379 name=redvip cmd=info\n") ==
        std::vector<std::string>{"fd00::2"});
}

TEST_CASE("a CLIENT LIST that fails for another reason leaves Sentinels unknown") {
  CHECK(faults_when([](RedisFacts& redis) { redis.clients_error = "NOPERM no"; }) ==
        "WARNING  " + about + "could not look for a Sentinel: NOPERM no - allow +client|list\n");
}

}  // namespace redvip::daemon

#include "catch.hpp"
#include "config_text.hpp"
#include "daemon/check_judge.hpp"

namespace redvip::daemon {

namespace {

// A Redis that is set up as it should be.
RedisFacts good_redis() {
  RedisFacts redis;
  redis.node = "redis-a";
  redis.at = {Ipv4{0x0a4d0001}, 6379};
  redis.local = true;
  redis.born_parked = true;
  redis.info.emplace();
  redis.info->version = "7.0.15";
  redis.info->keys = 12;
  redis.config = {{"save", "3600 1"},
                  {"appendonly", "no"},
                  {"requirepass", ""},
                  {"masterauth", ""},
                  {"bind", "* -::*"},
                  {"repl-backlog-size", "67108864"},
                  {"min-replicas-to-write", "0"}};
  return redis;
}

template <class Spoil>
std::string faults_when(Spoil spoil, const std::string& text = minimal) {
  auto redis = good_redis();
  spoil(redis);
  std::string lines;
  for (const auto& finding : judge_redis(parse(text)->services[0], redis, false)) {
    if (finding.level != Level::ok) lines += finding.line() + '\n';
  }
  return lines;
}

std::string faults_of_reply(const std::string& error) {
  return faults_when([&](RedisFacts& redis) {
    redis.info.reset();
    redis.error = error;
  });
}

const std::string about = "redis-a 10.77.0.1:6379: ";

}  // namespace

TEST_CASE("a good Redis is one line with its role and version") {
  const auto findings = judge_redis(parse(minimal)->services[0], good_redis(), false);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].line() == "OK       " + about + "master, Redis 7.0.15, 12 keys");
}

TEST_CASE("a Redis that listens only on 127.0.0.1 is named with the bind that cures it") {
  const auto lines = faults_when([](RedisFacts& redis) {
    redis.refused = redis.answers_on_loopback = true;
    redis.unreachable = "Connection refused";
  });
  CHECK(lines == "PROBLEM  " + about +
                     "Redis listens only on 127.0.0.1 - put `bind * -::*` into redis.conf, so that "
                     "peers and the virtual IP reach it\n");
}

TEST_CASE("nobody listening and no way there are different problems") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.refused = true;
          redis.unreachable = "Connection refused";
        }) == "PROBLEM  " + about +
                  "nobody listens there - start Redis, or correct redis.port and `bind`\n");
  CHECK(faults_when([](RedisFacts& redis) { redis.unreachable = "Connection timed out"; }) ==
        "PROBLEM  " + about +
            "cannot be reached: Connection timed out - start the host, or open the port in its "
            "firewall\n");
}

TEST_CASE("each refusal of a password has its own cure") {
  CHECK(faults_of_reply("NOAUTH Authentication required.") ==
        "PROBLEM  " + about +
            "Redis asks for a password and none is configured (NOAUTH) - set "
            "redis.password_file\n");
  CHECK(faults_of_reply("WRONGPASS invalid username-password pair or user is disabled.") ==
        "PROBLEM  " + about +
            "the password is wrong (WRONGPASS) - correct redis.password_file or "
            "redis.username\n");
  CHECK(faults_of_reply("ERR AUTH <password> called without any password configured for the "
                        "default user.")
            .starts_with("PROBLEM  " + about + "a password is configured and Redis has none"));
  CHECK(faults_of_reply("DENIED Redis is running in protected mode")
            .starts_with("PROBLEM  " + about + "protected mode denies"));
  CHECK(faults_of_reply("NOPERM this user has no permissions")
            .starts_with("PROBLEM  " + about + "the user may not ask this: NOPERM"));
}

TEST_CASE("a Redis before 6.2 is a problem") {
  const auto with = [](const std::string& version) {
    return faults_when([&](RedisFacts& redis) { redis.info->version = version; });
  };
  CHECK(with("6.0.20") ==
        "PROBLEM  " + about + "Redis 6.0.20 cannot pause writes alone - upgrade to 6.2 or later\n");
  CHECK(with("6.2.0") == "");
  CHECK(with("10.0.0") == "");
}

TEST_CASE("a Redis that keeps nothing on disk is told about the empty restart") {
  const auto cure = " - put `replicaof 127.0.0.1 0` into redis.conf; redvip promotes it\n";
  const auto empty = "WARNING  " + about +
                     "keeps nothing on disk, so a restart makes it an empty master that replicas "
                     "copy" +
                     cure;
  const auto keeps_nothing = [](std::optional<bool> parked) {
    return [parked](RedisFacts& redis) {
      redis.config["save"] = "";
      redis.born_parked = parked;
    };
  };
  CHECK(faults_when(keeps_nothing(false)) == empty);
  CHECK(faults_when(keeps_nothing({})) == empty);
  CHECK(faults_when(keeps_nothing(true)) == "");
  CHECK(faults_when([](RedisFacts& redis) { redis.born_parked = false; }) ==
        "WARNING  " + about +
            "starts as a master with whatever its disk has, older than its "
            "replicas'" +
            cure);
}

TEST_CASE("an append-only file counts as kept") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config["save"] = "";
          redis.config["appendonly"] = "yes";
        }) == "");
}

TEST_CASE("a password without masterauth is a problem") {
  CHECK(faults_when([](RedisFacts& redis) { redis.config["requirepass"] = "x"; }) ==
        "PROBLEM  " + about +
            "masterauth is not set, so it could not follow another node - set masterauth to the "
            "password in redis.conf\n");
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config["requirepass"] = redis.config["masterauth"] = "x";
        }) == "");
}

TEST_CASE("an ACL user of redvip's own asks for no masterauth") {
  CHECK(faults_when([](RedisFacts&) {}, minimal + "redis.password = \"x\"\n") == "");
}

TEST_CASE("no finding shows a password") {
  const auto lines = faults_when([](RedisFacts& redis) {
    redis.config["requirepass"] = "hunter2";
    redis.config["masterauth"] = "hunter3";
  });
  CHECK(lines.find("differ") != std::string::npos);
  CHECK(lines.find("hunter") == std::string::npos);
}

TEST_CASE("a bind that leaves out the virtual IP is a problem") {
  const auto with = [](const std::string& bind) {
    return faults_when([&](RedisFacts& redis) { redis.config["bind"] = bind; });
  };
  CHECK(with("127.0.0.1 10.77.0.1") ==
        "PROBLEM  " + about +
            "does not listen on the virtual IP 10.77.0.100 - put `bind * -::*` into redis.conf\n");
  CHECK(with("10.77.0.1 -10.77.0.100")
            .starts_with("WARNING  " + about + "binds 10.77.0.100, which this host has only"));
  CHECK(with("0.0.0.0") == "");
  CHECK(with("") == "");
}

TEST_CASE("what would undo replication is found") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.info->cluster_enabled = true;
        }).starts_with("PROBLEM  " + about + "cluster mode is on"));
  const auto replica = [](RedisFacts& redis) {
    redis.info->role = Role::replica;
    redis.info->master_host = "10.77.0.2";
    redis.info->master_port = 6379;
  };
  CHECK(faults_when(replica) == "");
  CHECK(faults_when([&](RedisFacts& redis) {
          replica(redis);
          redis.info->replica_read_only = false;
        }).starts_with("PROBLEM  " + about + "the replica takes writes"));
  CHECK(faults_when([&](RedisFacts& redis) {
          replica(redis);
          redis.info->master_host = "10.77.0.100";
        }).starts_with("PROBLEM  " + about + "replicates from the virtual IP"));
  CHECK(faults_when([](RedisFacts& redis) {
          redis.info->replica_priority = 0;
        }).starts_with("WARNING  " + about + "replica-priority is 0"));
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config["repl-backlog-size"] = "1048576";
        }).starts_with("WARNING  " + about + "repl-backlog-size is 1048576"));
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config["min-replicas-to-write"] = "1";
        }).starts_with("WARNING  " + about + "min-replicas-to-write is set"));
}

TEST_CASE("a Redis that hides its configuration is judged by the rest") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config.clear();
          redis.config_error = "ERR unknown command";
        }) == "WARNING  " + about +
                  "its configuration is not shown: ERR unknown command - allow +config|get, or "
                  "check persistence, masterauth and bind by hand\n");
}

}  // namespace redvip::daemon

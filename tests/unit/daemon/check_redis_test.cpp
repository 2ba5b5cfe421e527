#include "catch.hpp"
#include "check_sample.hpp"

namespace redvip::daemon {

namespace {

std::string faults_of_reply(const std::string& error) {
  return faults_when([&](RedisFacts& redis) {
    redis.info.reset();
    redis.error = error;
  });
}

}  // namespace

TEST_CASE("of a good Redis each thing that was looked at is a line") {
  const auto findings = judge_redis(parse(minimal)->services[0], good_redis(), false);
  CHECK(lines_of(findings) == "OK       " + about + "answers, without a password\n" +  //
                                  "OK       " + about + "master, Redis 7.0.15, 12 keys\n" +
                                  "OK       " + about + "allows every command that redvip sends\n" +
                                  "OK       " + about + "no Sentinel watches it\n" +  //
                                  "OK       " + about +
                                  "born parked, and keeps its data on disk, RDB\n");
}

TEST_CASE("a copy that is not there yet, or not coming, is a warning") {
  const auto with = [](bool up, bool syncing, bool loading) {
    return faults_when([&](RedisFacts& redis) {
      redis.info->role = Role::replica;
      redis.info->master_host = "10.77.0.2";
      redis.info->master_port = 6379;
      redis.info->link_up = up;
      redis.info->sync_in_progress = syncing;
      redis.info->loading = loading;
    });
  };
  CHECK(with(true, false, false) == "");
  CHECK(with(false, false, false).starts_with("WARNING  " + about + "its link to its master is"));
  CHECK(with(false, true, false).starts_with("WARNING  " + about + "is receiving a full copy"));
  CHECK(with(false, false, true).starts_with("WARNING  " + about + "is loading its dataset"));
}

TEST_CASE("a Redis that only this host reaches is a problem, where others look for it") {
  const auto lines = faults_when([](RedisFacts& redis) {
    redis.for_peers = redis.at;
    redis.at.address = IpAddress{0x7f000001};
    redis.unreachable_for_peers = "Connection refused";
  });
  CHECK(lines ==
        "PROBLEM  redis-a 127.0.0.1:6379: cannot be reached at 10.77.0.1:6379, where the other "
        "nodes look for it: Connection refused - put `bind * -::*` into redis.conf\n");
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
            .starts_with("PROBLEM  " + about + "answered: NOPERM"));
  CHECK(faults_of_reply("ERR max number of clients reached")
            .starts_with("PROBLEM  " + about + "has no room for one more client"));
  CHECK(faults_of_reply("Protocol error, got \"H\" as reply type byte")
            .ends_with("as reply type byte - correct redis.port\n"));
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

TEST_CASE("a bind that leaves out the virtual IP is a problem") {
  const auto with = [](const std::string& bind) { return faults_with("bind", bind); };
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
    redis.info->link_up = true;
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

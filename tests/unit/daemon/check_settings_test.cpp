#include <algorithm>

#include "catch.hpp"
#include "check_sample.hpp"
#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

const std::string park = " - put `replicaof 127.0.0.1 0` into redis.conf; redvip promotes it";
const std::string unread = " (unless it is there: `redvip check` on that host reads it)\n";
const std::string three = minimal + "[[node]]\nname = \"redis-c\"\naddress = \"10.77.0.3\"\n";

const auto starts_from = [](std::optional<std::string> replicaof) {
  return [replicaof](RedisFacts& redis) { redis.conf_replicaof = replicaof; };
};

const auto keeps_nothing = [](std::optional<std::string> replicaof) {
  return [replicaof](RedisFacts& redis) {
    redis.config["save"] = "";
    redis.config["rdb-del-sync-files"] = "yes";
    redis.conf_replicaof = replicaof;
  };
};

}  // namespace

TEST_CASE("a Redis that keeps nothing on disk is told about the empty restart") {
  const auto empty = "WARNING  " + about +
                     "keeps nothing on disk, so a restart makes it an empty master that replicas "
                     "copy" +
                     park;
  CHECK(faults_when(keeps_nothing("")) == empty + "\n");
  CHECK(faults_when(keeps_nothing({})) == empty + "\n");
  CHECK(faults_when([](RedisFacts& redis) {
          keeps_nothing({})(redis);
          redis.local = false;
        }) == empty + unread);
  CHECK(faults_when([](RedisFacts& redis) {
          keeps_nothing({})(redis);
          redis.conf_hidden =
              "/etc/redis/redis.conf cannot be read: Permission denied; run as root";
        }) == empty +
                  " (unless it is there: /etc/redis/redis.conf cannot be read: Permission denied; "
                  "run as root)\n");
}

TEST_CASE("a last full copy that stays on disk is told as old data") {
  CHECK(faults_when([](RedisFacts& redis) {
          keeps_nothing("")(redis);
          redis.config["rdb-del-sync-files"] = "no";
        }) == "WARNING  " + about +
                  "keeps nothing on disk, so a restart makes it an empty master, or one with its "
                  "last full copy's old data (rdb-del-sync-files no), that replicas copy" +
                  park + "\n");
}

TEST_CASE("a Redis with a disk is told that it would start as a master with old data") {
  CHECK(faults_when(starts_from("")) ==
        "WARNING  " + about +
            "starts as a master with whatever its disk has, older than its replicas'" + park +
            "\n");
  CHECK(faults_when(starts_from({})) == "");
  CHECK(faults_when([](RedisFacts& redis) {
          keeps_nothing({})(redis);
          redis.config["appendonly"] = "yes";
        }) == "");
}

TEST_CASE("what a Redis keeps, and what is not known of its start, is said") {
  const auto kept = [](const char* save, const char* aof) {
    auto redis = good_redis();
    redis.local = false;
    redis.conf_replicaof.reset();
    redis.config["save"] = save;
    redis.config["appendonly"] = aof;
    return lines_of(judge_redis(parse(minimal)->services[0], redis, false));
  };
  const std::string unknown =
      "; whether it is born parked is not known: `redvip check` on that host reads it\n";
  CHECK(kept("3600 1", "yes").ends_with("keeps its data on disk, RDB and AOF" + unknown));
  CHECK(kept("", "yes").ends_with("keeps its data on disk, AOF" + unknown));
}

TEST_CASE("born parked needs no advice, whatever is kept") {
  CHECK(faults_when(keeps_nothing("127.0.0.1 0")) == "");
}

TEST_CASE("a replicaof in redis.conf that CONFIG REWRITE left there is named") {
  CHECK(faults_when(starts_from("10.77.0.2 6379")) ==
        "WARNING  " + about +
            "redis.conf says `replicaof 10.77.0.2 6379`: a restart follows that before anyone has "
            "compared them" +
            park + ". No CONFIG REWRITE\n");
}

TEST_CASE("a password without masterauth is a problem") {
  CHECK(faults_with("requirepass", "hunter2") ==
        "PROBLEM  " + about +
            "masterauth is not set, so it could not follow another node - set masterauth to the "
            "password in redis.conf\n");
  CHECK(faults_when([](RedisFacts& redis) {
          redis.config["requirepass"] = redis.config["masterauth"] = "x";
        }) == "");
  CHECK(faults_when([](RedisFacts&) {}, minimal + "redis.password = \"x\"\n") == "");
}

TEST_CASE("replication that speaks otherwise than the port is a problem") {
  CHECK(faults_with("tls-replication", "no") == "");
  CHECK(faults_with("tls-replication", "yes")
            .starts_with("PROBLEM  " + about + "tls-replication is yes, so it cannot follow"));
  auto service = parse(minimal)->services[0];
  service.redis.tls.on = true;
  CHECK(faults(judge_redis(service, good_redis(), false))
            .starts_with("PROBLEM  " + about + "tls-replication is no, so it cannot follow"));
  auto redis = good_redis();
  redis.config["tls-replication"] = "yes";
  CHECK(lines_of(judge_redis(service, redis, false))
            .starts_with("OK       " + about + "answers by TLS, without a password\n"));
}

TEST_CASE("what is wrong with TLS is told with its cure, and nothing else of that Redis") {
  CHECK(faults_when([](RedisFacts& redis) {
          redis.info.reset();
          redis.error = "Server closed the connection";
          redis.tls_problem = "this port speaks TLS";
          redis.tls_cure = "set redis.tls = true";
        }) == "PROBLEM  " + about + "this port speaks TLS - set redis.tls = true\n");
}

TEST_CASE("a backlog that a returning node will miss is a warning with the reason") {
  CHECK(faults_with("repl-backlog-size", "1048576") ==
        "WARNING  " + about +
            "repl-backlog-size is 1 MB: a node that returns, or a switchover under load, needs a "
            "full copy - CONFIG SET repl-backlog-size 64mb, or more, and the same in redis.conf\n");
  CHECK(faults_with("repl-backlog-size", "67108863") != "");
  CHECK(faults_with("repl-backlog-ttl", "3600") ==
        "WARNING  " + about +
            "repl-backlog-ttl is 3600 s: alone for longer it forgets its history, and who returns "
            "needs a full copy - CONFIG SET repl-backlog-ttl 0, and the same in redis.conf\n");
}

TEST_CASE("a repl-timeout that is too long, too short or below the ping period is a warning") {
  const auto with = [](const std::string& timeout, const std::string& ping) {
    return faults_when([&](RedisFacts& redis) {
      redis.config["repl-timeout"] = timeout;
      redis.config["repl-ping-replica-period"] = ping;
    });
  };
  const auto start = "WARNING  " + about + "repl-timeout is ";
  CHECK(with("60", "10") == "");
  CHECK(with("5", "1") == "");
  CHECK(with("61", "10").starts_with(start + "61 s: for that long a link to a host that vanished"));
  CHECK(with("4", "1").starts_with(start + "4 s: a slow command or disk breaks the link"));
  CHECK(with("10", "10").starts_with(start + "10 s and repl-ping-replica-period 10 s: an idle"));
}

TEST_CASE("min-replicas-to-write by hand is a warning where losing one replica stops writes") {
  const auto stops = "WARNING  " + about + "min-replicas-to-write is ";
  const std::string managed = "redis.min_replicas = \"managed\"\n";
  CHECK(faults_with("min-replicas-to-write", "1") ==
        stops +
            "1 of 1: losing a replica stops writes - CONFIG SET min-replicas-to-write 0, or "
            "redis.min_replicas = \"managed\"\n");
  CHECK(faults_with("min-replicas-to-write", "1", minimal + managed) == "");
  CHECK(faults_with("min-replicas-to-write", "1", three) == "");
  CHECK(faults_with("min-replicas-to-write", "2", three).starts_with(stops + "2 of 2"));
}

TEST_CASE("replica-read-only no is a problem on a master, too") {
  CHECK(faults_with("replica-read-only", "no") ==
        "PROBLEM  " + about +
            "as a replica it would take writes, which would be lost - CONFIG SET "
            "replica-read-only yes, and the same in redis.conf\n");
}

TEST_CASE("a parked Redis that would refuse BGSAVE is a warning where BGSAVE is wanted") {
  CHECK(
      faults_with("replica-serve-stale-data", "no")
          .starts_with("WARNING  " + about + "replica-serve-stale-data is no: parked, it refuse"));
  CHECK(faults_with("replica-serve-stale-data", "no",
                    minimal + "redis.on_divergence = \"hold\"\n") == "");
}

TEST_CASE("a load that empties a replica first is a warning") {
  CHECK(faults_with("repl-diskless-load", "flush-before-load") ==
        "WARNING  " + about +
            "repl-diskless-load is flush-before-load: a full copy that breaks leaves it empty - "
            "CONFIG SET repl-diskless-load swapdb, and the same in redis.conf\n");
  for (const auto* safe : {"swapdb", "on-empty-db", ""}) {
    CHECK(faults_with("repl-diskless-load", safe) == "");
  }
}

TEST_CASE("every setting that is judged is one that is read") {
  for (const auto& [name, value] : good_redis().config) {
    INFO(name);
    CHECK(std::ranges::find(judged_settings, name) != judged_settings.end());
  }
  CHECK(good_redis().config.size() == judged_settings.size());
}

TEST_CASE("a setting that this version does not know is not judged") {
  CHECK(faults_when([](RedisFacts& redis) {
          const auto save = redis.config["save"];
          redis.config = {{"save", save}};
        }) == "");
}

TEST_CASE("a size is written in the largest unit that it fills") {
  CHECK(size_text(std::int64_t{2} << 30) == "2 GB");
  CHECK(size_text(std::int64_t{3} << 20) == "3 MB");
  CHECK(size_text(1000) == "1000 bytes");
}

}  // namespace redvip::daemon

#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

constexpr auto born_parked = "127.0.0.1 0";

std::string set(const std::string& setting_and_value) {
  return "CONFIG SET " + setting_and_value + ", and the same in redis.conf";
}

void judge_authentication(const RedisFacts& redis, Report& report) {
  if (!value_of(redis, "masterauth").empty() || value_of(redis, "requirepass").empty()) return;
  report.problem("masterauth is not set, so it could not follow another node",
                 "set masterauth to the password in redis.conf");
}

// A replica follows redis.port of the others with TLS or without, by this.
void judge_tls(const ServiceConfig& service, const RedisFacts& redis, Report& report) {
  const auto replication = value_of(redis, "tls-replication");
  if (service.redis.tls.on && replication == "no") {
    report.problem("tls-replication is no, so it cannot follow another node, whose port speaks TLS",
                   set("tls-replication yes"));
  } else if (!service.redis.tls.on && replication == "yes") {
    report.problem(
        "tls-replication is yes, so it cannot follow another node at a port without TLS",
        set("tls-replication no") + "; or redis.tls = true, with redis.port its tls-port");
  }
}

void judge_backlog(const RedisFacts& redis, Report& report) {
  constexpr std::int64_t enough = std::int64_t{64} << 20;
  const auto size = parse_integer(value_of(redis, "repl-backlog-size"));
  if (size && *size < enough) {
    report.warning("repl-backlog-size is " + size_text(*size) +
                       ": a node that returns, or a switchover under load, needs a full copy",
                   set("repl-backlog-size 64mb, or more"));
  }
  const auto ttl = parse_integer(value_of(redis, "repl-backlog-ttl"));
  if (ttl && *ttl != 0) {
    report.warning(
        "repl-backlog-ttl is " + std::to_string(*ttl) +
            " s: alone for longer it forgets its history, and who returns needs a full copy",
        set("repl-backlog-ttl 0"));
  }
}

void judge_timeout(const RedisFacts& redis, Report& report) {
  const auto timeout = parse_integer(value_of(redis, "repl-timeout"));
  if (!timeout) return;
  const auto is = "repl-timeout is " + std::to_string(*timeout) + " s";
  const auto ping = parse_integer(value_of(redis, "repl-ping-replica-period")).value_or(0);
  if (*timeout > 60) {
    report.warning(is + ": for that long a link to a host that vanished counts as up",
                   set("repl-timeout 20"));
  } else if (*timeout <= ping) {
    report.warning(is + " and repl-ping-replica-period " + std::to_string(ping) +
                       " s: an idle link breaks again and again",
                   set("repl-timeout 20"));
  } else if (*timeout < 5) {
    report.warning(is + ": a slow command or disk breaks the link", set("repl-timeout 20"));
  }
}

void judge_required_replicas(const ServiceConfig& service, const RedisFacts& redis,
                             Report& report) {
  if (service.redis.min_replicas == MinReplicas::managed) return;
  const auto required = parse_integer(value_of(redis, "min-replicas-to-write")).value_or(0);
  const auto others = std::ssize(service.nodes) - 1;
  if (required == 0 || required < others) return;
  report.warning("min-replicas-to-write is " + std::to_string(required) + " of " +
                     std::to_string(others) + ": losing a replica stops writes",
                 "CONFIG SET min-replicas-to-write 0, or redis.min_replicas = \"managed\"");
}

void judge_as_replica(const ServiceConfig& service, const RedisFacts& redis, Report& report) {
  if (redis.info->is_master() && value_of(redis, "replica-read-only") == "no") {
    report.problem("as a replica it would take writes, which would be lost",
                   set("replica-read-only yes"));
  }
  // Measured with 7.0.15: -MASTERDOWN.
  if (service.redis.on_divergence == OnDivergence::save &&
      value_of(redis, "replica-serve-stale-data") == "no") {
    report.warning(
        "replica-serve-stale-data is no: parked, it refuses BGSAVE, so what diverged is not saved",
        set("replica-serve-stale-data yes"));
  }
  const auto load = value_of(redis, "repl-diskless-load");
  if (!load.empty() && load != "disabled" && load != "swapdb" && load != "on-empty-db") {
    report.warning("repl-diskless-load is " + load + ": a full copy that breaks leaves it empty",
                   set("repl-diskless-load swapdb"));
  }
}

}  // namespace

namespace {

std::string kept_on_disk(const RedisFacts& redis) {
  const bool rdb = !value_of(redis, "save").empty();
  const bool aof = value_of(redis, "appendonly") == "yes";
  return rdb && aof ? "RDB and AOF" : rdb ? "RDB" : aof ? "AOF" : "";
}

// Why redis.conf was not seen; empty: it runs without one.
std::string why_unseen(const RedisFacts& redis) {
  return redis.local ? redis.conf_hidden : "`redvip check` on that host reads it";
}

}  // namespace

void judge_start(const RedisFacts& redis, Report& report) {
  const auto& line = redis.conf_replicaof;
  const auto kept = kept_on_disk(redis);
  const auto persistence =
      kept.empty() ? "keeps nothing on disk" : "keeps its data on disk, " + kept;
  if (line == born_parked) return report.ok("born parked, and " + persistence);
  std::string cure = "put `replicaof 127.0.0.1 0` into redis.conf; redvip promotes it";
  if (line && !line->empty()) {
    return report.warning("redis.conf says `replicaof " + *line +
                              "`: a restart follows that before anyone has compared them",
                          cure + ". No CONFIG REWRITE");
  }
  const auto unseen = why_unseen(redis);
  if (!line && !unseen.empty()) cure += " (unless it is there: " + unseen + ")";
  if (kept.empty()) {
    // A full copy that came through the disk stays there, unless this is yes.
    const bool stale = value_of(redis, "rdb-del-sync-files") == "no";
    report.warning(
        std::string{"keeps nothing on disk, so a restart makes it an empty master"} +
            (stale ? ", or one with its last full copy's old data (rdb-del-sync-files no)," : "") +
            " that replicas copy",
        cure);
  } else if (line) {
    report.warning("starts as a master with whatever its disk has, older than its replicas'", cure);
  } else {
    report.ok(persistence + "; whether it is born parked is not known: " +
              (unseen.empty() ? "it runs without a redis.conf" : unseen));
  }
}

void judge_replication(const ServiceConfig& service, const RedisFacts& redis, Report& report) {
  judge_authentication(redis, report);
  judge_tls(service, redis, report);
  judge_as_replica(service, redis, report);
  judge_backlog(redis, report);
  judge_timeout(redis, report);
  judge_required_replicas(service, redis, report);
}

}  // namespace redvip::daemon

#include <algorithm>
#include <sstream>

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

namespace {

// The findings about one Redis, each beginning with its name.
class Report {
 public:
  explicit Report(const RedisFacts& redis) : prefix_{redis.node + ' ' + redis.at.text() + ": "} {}
  void ok(const std::string& text) { add(Level::ok, text, ""); }
  void warning(const std::string& text, std::string cure) {
    add(Level::warning, text, std::move(cure));
  }
  void problem(const std::string& text, std::string cure) {
    add(Level::problem, text, std::move(cure));
  }
  [[nodiscard]] Findings findings() && { return std::move(findings_); }

 private:
  void add(Level level, const std::string& text, std::string cure) {
    findings_.push_back({level, prefix_ + text, std::move(cure), false});
  }
  std::string prefix_;
  Findings findings_;
};

void judge_reach(const RedisFacts& redis, Report& report) {
  if (redis.answers_on_loopback) {
    report.problem("Redis listens only on 127.0.0.1",
                   "put `bind * -::*` into redis.conf, so that peers and the virtual IP reach it");
  } else if (redis.refused) {
    report.problem("nobody listens there", "start Redis, or correct redis.port and `bind`");
  } else {
    report.problem("cannot be reached: " + redis.unreachable,
                   "start the host, or open the port in its firewall");
  }
}

void judge_refusal(const RedisFacts& redis, Report& report) {
  const auto& error = redis.error;
  const auto is = [&](std::string_view code) { return error.starts_with(code); };
  if (is("NOAUTH")) {
    report.problem("Redis asks for a password and none is configured (NOAUTH)",
                   "set redis.password_file");
  } else if (is("WRONGPASS") || is("ERR invalid password")) {
    report.problem("the password is wrong (WRONGPASS)",
                   "correct redis.password_file or redis.username");
  } else if (is("NOPERM")) {
    report.problem("the user may not ask this: " + error,
                   "give it +info +config|get +replicaof +client +multi +exec +bgsave");
  } else if (is("DENIED")) {
    report.problem("protected mode denies the connection (DENIED)",
                   "set requirepass, or `protected-mode no` on a trusted network");
  } else if (error.find("without any password") != std::string::npos ||
             error.find("no password is set") != std::string::npos) {
    report.problem("a password is configured and Redis has none",
                   "set requirepass and masterauth there, or remove redis.password_file");
  } else {
    report.problem("answered: " + error, "make it answer INFO");
  }
}

// 6.2 brought CLIENT PAUSE WRITE and CLIENT KILL LADDR.
bool is_old(const std::string& version) {
  std::istringstream text{version};
  int major = 0;
  int minor = 0;
  char dot = 0;
  text >> major >> dot >> minor;
  return major < 6 || (major == 6 && minor < 2);
}

void judge_info(const ServiceConfig& service, const Observation& info, Report& report) {
  report.ok((info.is_parked()   ? "parked"
             : info.is_master() ? "master"
                                : "replica") +
            (", Redis " + info.version) + ", " + std::to_string(info.keys) + " keys");
  if (is_old(info.version)) {
    report.problem("Redis " + info.version + " cannot pause writes alone",
                   "upgrade to 6.2 or later");
  }
  if (info.cluster_enabled) {
    report.problem("cluster mode is on, and moves roles by itself", "set cluster-enabled no");
  }
  if (!info.is_master() && !info.replica_read_only) {
    report.problem("the replica takes writes, which would be lost",
                   "CONFIG SET replica-read-only yes");
  }
  if (info.replica_priority == 0) {
    report.warning("replica-priority is 0: never promoted", "set it to 100 if it may be owner");
  }
  for (const auto& ip : service.virtual_ips) {
    if (info.is_master() || info.master_host != ip.address.text()) continue;
    report.problem("replicates from the virtual IP, which may become its own",
                   "REPLICAOF the node's own address");
  }
}

std::string value_of(const RedisFacts& redis, const std::string& name) {
  const auto found = redis.config.find(name);
  return found == redis.config.end() ? "" : found->second;
}

void judge_durability(const RedisFacts& redis, Report& report) {
  const bool keeps_nothing =
      value_of(redis, "save").empty() && value_of(redis, "appendonly") != "yes";
  const bool parked = redis.born_parked.value_or(false);
  const std::string cure = "put `replicaof 127.0.0.1 0` into redis.conf; redvip promotes it";
  if (keeps_nothing && !parked) {
    report.warning(
        "keeps nothing on disk, so a restart makes it an empty master that replicas copy", cure);
  } else if (redis.born_parked == false) {
    report.warning("starts as a master with whatever its disk has, older than its replicas'", cure);
  }
}

void judge_replication(const RedisFacts& redis, Report& report) {
  const auto& required = value_of(redis, "requirepass");
  const auto& masterauth = value_of(redis, "masterauth");
  if (masterauth.empty() && !required.empty()) {
    report.problem("masterauth is not set, so it could not follow another node",
                   "set masterauth to the password in redis.conf");
  } else if (!required.empty() && masterauth != required) {
    report.warning("masterauth and requirepass differ", "use one password on all nodes");
  }
  constexpr std::int64_t enough = std::int64_t{64} << 20;
  const auto backlog = parse_integer(value_of(redis, "repl-backlog-size"));
  if (backlog && *backlog < enough) {
    report.warning("repl-backlog-size is " + std::to_string(*backlog) +
                       ": a node that was away copies everything",
                   "CONFIG SET repl-backlog-size 64mb, or more");
  }
  if (parse_integer(value_of(redis, "min-replicas-to-write")).value_or(0) > 0) {
    report.warning("min-replicas-to-write is set: writes stop when replicas are lost",
                   "CONFIG SET min-replicas-to-write 0, unless that is wanted");
  }
}

void judge_bind(const ServiceConfig& service, const RedisFacts& redis, bool nonlocal_bind,
                Report& report) {
  std::istringstream words{value_of(redis, "bind")};
  std::vector<std::string> bound;
  for (std::string word; words >> word;) {
    bound.push_back(word.starts_with('-') ? word.substr(1) : word);
  }
  const auto binds = [&](const std::string& address) {
    return std::ranges::find(bound, address) != bound.end();
  };
  if (bound.empty() || binds("*") || binds("0.0.0.0")) return;
  for (const auto& ip : service.virtual_ips) {
    const auto address = ip.address.text();
    if (!binds(address)) {
      report.problem("does not listen on the virtual IP " + address,
                     "put `bind * -::*` into redis.conf");
    } else if (redis.local && !nonlocal_bind) {
      report.warning("binds " + address + ", which this host has only while it is the owner",
                     "`bind * -::*`, or sysctl net.ipv4.ip_nonlocal_bind=1");
    }
  }
}

}  // namespace

Findings judge_redis(const ServiceConfig& service, const RedisFacts& redis, bool nonlocal_bind) {
  Report report{redis};
  if (!redis.unreachable.empty()) {
    judge_reach(redis, report);
  } else if (!redis.error.empty() || !redis.info) {
    judge_refusal(redis, report);
  } else {
    judge_info(service, *redis.info, report);
    if (redis.config_error.empty()) {
      judge_durability(redis, report);
      judge_replication(redis, report);
      judge_bind(service, redis, nonlocal_bind, report);
    } else {
      report.warning("its configuration is not shown: " + redis.config_error,
                     "allow +config|get, or check persistence, masterauth and bind by hand");
    }
  }
  return std::move(report).findings();
}

}  // namespace redvip::daemon

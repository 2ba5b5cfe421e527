#include <algorithm>
#include <sstream>

#include "daemon/check_report.hpp"

namespace redvip::daemon {

std::string value_of(const RedisFacts& redis, const std::string& setting) {
  const auto found = redis.config.find(setting);
  return found == redis.config.end() ? "" : found->second;
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t megabyte = 1 << 20;
  constexpr std::int64_t gigabyte = megabyte << 10;
  if (bytes % gigabyte == 0) return std::to_string(bytes / gigabyte) + " GB";
  if (bytes % megabyte == 0) return std::to_string(bytes / megabyte) + " MB";
  return std::to_string(bytes) + " bytes";
}

namespace {

void judge_reach(const RedisFacts& redis, Report& report) {
  if (!redis.tls_problem.empty()) {
    report.problem(redis.tls_problem, redis.tls_cure);
  } else if (redis.answers_on_loopback) {
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
  const auto says = [&](std::string_view words) { return error.find(words) != std::string::npos; };
  if (is("NOPERM") && !redis.refused_commands.empty()) return;  // INFO is among those
  if (is("NOAUTH")) {
    report.problem("Redis asks for a password and none is configured (NOAUTH)",
                   "set redis.password_file");
  } else if (is("WRONGPASS") || is("ERR invalid password")) {
    report.problem("the password is wrong (WRONGPASS)",
                   "correct redis.password_file or redis.username");
  } else if (is("DENIED")) {
    report.problem("protected mode denies the connection (DENIED)",
                   "set requirepass and masterauth there and redis.password_file here, or "
                   "`protected-mode no` on a trusted network");
  } else if (says("without any password") || says("no password is set")) {
    report.problem("a password is configured and Redis has none",
                   "set requirepass and masterauth there, or remove redis.password_file");
  } else if (says("max number of clients")) {
    report.problem("has no room for one more client (" + error + ")",
                   "raise maxclients, or find out who does not close his connections");
  } else if (says("Protocol error") || says("makes no sense")) {
    report.problem("does not speak as Redis does: " + error, "correct redis.port");
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

std::string role_of(const Observation& info) {
  if (info.is_master()) return "master";
  if (info.is_parked()) return "parked, a replica of nobody";
  return "replica of " + info.master_host + ':' + std::to_string(info.master_port);
}

void judge_copy(const Observation& info, Report& report) {
  if (info.loading) {
    report.warning("is loading its dataset", "check again when it has; it cannot lead before");
  } else if (info.is_master() || info.is_parked() || info.link_up) {
    return;
  } else if (info.sync_in_progress) {
    report.warning("is receiving a full copy", "check again when it has it; it cannot lead before");
  } else {
    report.warning("its link to its master is down",
                   "its log says why; masterauth and the firewall are the usual causes");
  }
}

void judge_info(const ServiceConfig& service, const Observation& info, Report& report) {
  report.ok((service.redis.tls.on ? "answers by TLS, " : "answers, ") +
            std::string{service.redis.password.empty() ? "without a password"
                                                       : "and takes the password"});
  report.ok(role_of(info) + ", Redis " + info.version + ", " + std::to_string(info.keys) +
            (info.keys == 1 ? " key" : " keys"));
  judge_copy(info, report);
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
  Report report{redis.node + ' ' + redis.at.text()};
  if (!redis.unreachable_for_peers.empty()) {
    report.problem("cannot be reached at " + redis.for_peers->text() +
                       ", where the other nodes look for it: " + redis.unreachable_for_peers,
                   "put `bind * -::*` into redis.conf");
  }
  if (!redis.unreachable.empty() || !redis.tls_problem.empty()) {
    judge_reach(redis, report);
    return std::move(report).findings();
  }
  if (redis.info) {
    judge_info(service, *redis.info, report);
  } else {
    judge_refusal(redis, report);
  }
  judge_access(service, redis, report);
  if (!redis.info) return std::move(report).findings();
  if (redis.config_error.empty()) {
    judge_start(redis, report);
    judge_replication(service, redis, report);
    judge_bind(service, redis, nonlocal_bind, report);
  } else {
    report.warning("its configuration is not shown: " + redis.config_error,
                   "allow +config|get, or check persistence, masterauth and bind by hand");
  }
  return std::move(report).findings();
}

}  // namespace redvip::daemon

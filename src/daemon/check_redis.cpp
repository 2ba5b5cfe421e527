#include <algorithm>
#include <set>
#include <sstream>

#include "daemon/check_commands.hpp"
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

std::vector<std::string> sentinels_in(const std::string& client_list) {
  std::set<std::string> addresses;
  std::istringstream lines{client_list};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string address;
    bool sentinel = false;
    for (std::string word; words >> word;) {
      if (word.starts_with("addr=")) address = word.substr(5, word.rfind(':') - 5);
      sentinel = sentinel || (word.starts_with("name=sentinel-") &&
                              (word.ends_with("-cmd") || word.ends_with("-pubsub")));
    }
    if (sentinel) addresses.insert(address);
  }
  return {addresses.begin(), addresses.end()};
}

namespace {

std::string joined(const std::vector<std::string>& words, const std::string& before,
                   const std::string& between) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + before + word;
  return text;
}

// "client|kill" -> "CLIENT KILL"
std::string spoken(std::string name) {
  std::ranges::transform(name, name.begin(), [](char letter) {
    if (letter == '|') return ' ';
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return name;
}

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
  if (is("NOPERM") && !redis.refused_commands.empty()) return;  // INFO is among those
  if (is("NOAUTH")) {
    report.problem("Redis asks for a password and none is configured (NOAUTH)",
                   "set redis.password_file");
  } else if (is("WRONGPASS") || is("ERR invalid password")) {
    report.problem("the password is wrong (WRONGPASS)",
                   "correct redis.password_file or redis.username");
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

void judge_commands(const ServiceConfig& service, const RedisFacts& redis, Report& report) {
  std::vector<std::string> unknown;
  std::vector<std::string> forbidden;
  for (const auto& command : redis.refused_commands) {
    (command.unknown ? unknown : forbidden).push_back(command.name);
  }
  const auto spoken_list = [](const std::vector<std::string>& names) {
    std::vector<std::string> words;
    std::ranges::transform(names, std::back_inserter(words), spoken);
    return joined(words, "", ", ");
  };
  if (!unknown.empty()) {
    report.problem("does not know " + spoken_list(unknown),
                   "remove its rename-command from redis.conf and restart it");
  }
  if (forbidden.empty()) return;
  // Without MULTI the others could not be tried.
  const bool untried = std::ranges::find(forbidden, "multi") != forbidden.end();
  const auto& user = service.redis.username;
  report.problem("its user may not " + spoken_list(forbidden) + (untried ? ", or more" : ""),
                 "ACL SETUSER " + (user.empty() ? "default" : user) + ' ' +
                     joined(untried ? needed_commands(service.redis) : forbidden, "+", " ") +
                     ", and the same in redis.conf or the aclfile");
}

void judge_clients(const RedisFacts& redis, Report& report) {
  if (!redis.clients_error.empty()) {
    report.warning("could not look for a Sentinel: " + redis.clients_error, "allow +client|list");
  }
  const auto sentinels = sentinels_in(redis.clients);
  if (sentinels.empty()) return;
  report.problem(
      "a Sentinel watches it, from " + joined(sentinels, "", ", ") + ": two managers move its role",
      "SENTINEL REMOVE its master there, or stop the Sentinel");
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
  Report report{redis.node + ' ' + redis.at.text() + ": "};
  if (!redis.unreachable.empty()) {
    judge_reach(redis, report);
    return std::move(report).findings();
  }
  if (redis.info) {
    judge_info(service, *redis.info, report);
  } else {
    judge_refusal(redis, report);
  }
  judge_commands(service, redis, report);
  if (!redis.info) return std::move(report).findings();
  judge_clients(redis, report);
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

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "daemon/check_commands.hpp"
#include "daemon/check_connection.hpp"
#include "daemon/check_facts.hpp"
#include "redis/info.hpp"

namespace redvip::daemon {

namespace {

constexpr IpAddress loopback{0x7f000001};

std::string field(const std::string& info, const std::string& name) {
  std::istringstream lines{info};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + ':')) continue;
    const auto value = line.substr(name.size() + 1);
    return value.substr(0, value.find('\r'));
  }
  return {};
}

// Absent when it cannot be read, or when another file that it includes may say otherwise.
void read_redis_conf(const std::string& path, RedisFacts& facts) {
  if (path.empty()) return;
  errno = 0;
  std::ifstream file{path};
  if (!file) {
    facts.conf_hidden = path + " cannot be read: " + std::strerror(errno) + "; run as root";
    return;
  }
  std::optional<std::string> found{""};
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    std::string directive;
    std::string host;
    std::string port;
    words >> directive >> host >> port;
    if (directive == "replicaof" || directive == "slaveof") found = host + ' ' + port;
    if (directive == "include") {
      found.reset();
      facts.conf_hidden = path + " includes other files";
    }
  }
  facts.conf_replicaof = found;
}

void read_config(CheckConnection& connection, RedisFacts& facts) {
  // One by one: CONFIG GET takes several names only since 7.0.
  for (const auto* name : judged_settings) {
    const auto value = connection.ask({"CONFIG", "GET", name});
    if (!value) {
      facts.config_error = value.error().message;
      return;
    }
    facts.config[name] = *value;
  }
}

void read_clients(CheckConnection& connection, RedisFacts& facts) {
  const auto clients = connection.ask({"CLIENT", "LIST"});
  facts.clients = clients.value_or("");
  if (!clients) facts.clients_error = clients.error().message;
}

// 7.0+ takes no PSYNC inside MULTI, whoever asks, and PSYNC itself cannot be tried without its
// effect. ACL DRYRUN tells, where that is allowed; else it stays open.
bool dry_run_refuses(CheckConnection& connection, const std::string& user,
                     const std::string& command) {
  const auto answer = connection.ask({"ACL", "DRYRUN", user, command, "redvip-check", "0"});
  return answer && *answer != "OK";
}

// Ends inside a MULTI that must never be executed, so the connection is of no further use.
std::vector<RefusedCommand> refused_commands(CheckConnection& connection,
                                             const RedisConfig& redis) {
  std::vector<RefusedCommand> all;
  const auto ask = [&](const std::string& name, const redis::Words& words) {
    const auto answer = connection.ask(words);
    const auto refusal = answer ? std::nullopt : refusal_of(name, answer.error().message);
    if (refusal) all.push_back(*refusal);
    return answer.has_value();
  };
  const std::string user = redis.username.empty() ? "default" : redis.username;
  if (redis.on_divergence == OnDivergence::save && dry_run_refuses(connection, user, "PSYNC")) {
    all.push_back({"psync", false});
  }
  static_cast<void>(ask("exec", {"EXEC"}));
  if (!ask("multi", {"MULTI"})) return all;
  for (const auto& command : queued_commands(redis)) {
    static_cast<void>(ask(command.name, command.words));
  }
  return all;
}

void talk(CheckConnection& connection, const RedisConfig& redis, RedisFacts& facts) {
  const auto answer =
      connection.login(redis.username, redis.password).and_then([&](const std::string&) {
        return connection.ask({"INFO"});
      });
  const auto info =
      answer.and_then([](const std::string& text) { return redis::parse_info(text); });
  if (info) {
    facts.info = *info;
    if (facts.local) read_redis_conf(field(*answer, "config_file"), facts);
    read_config(connection, facts);
    read_clients(connection, facts);
  } else {
    facts.error = info.error().text();
  }
  facts.refused_commands = refused_commands(connection, redis);
}

// What a replica sends before PSYNC (redis.io/docs/management/replication). PSYNC itself would
// begin a copy.
std::string refused_login(const RedisFacts& follower, const RedisFacts& master, redis::Tls* tls) {
  CheckConnection connection{master.at, tls};
  if (connection.failed()) return connection.why_failed();
  const auto value = [&](const char* name) { return follower.config.at(name); };
  const auto login = connection.login(value("masteruser"), value("masterauth"));
  if (!login) return login.error().message;
  for (const redis::Words& words :
       {redis::Words{"PING"}, redis::Words{"REPLCONF", "capa", "eof"}}) {
    const auto answer = connection.ask(words);
    const auto error = answer ? std::string{} : answer.error().message;
    if (error.starts_with("NOAUTH") || error.starts_with("NOPERM")) return error;
  }
  return {};
}

// As the daemon will speak to it.
std::unique_ptr<redis::Tls> tls_of(const RedisConfig& redis) {
  return redis.tls.on ? std::make_unique<redis::Tls>(redis.tls) : nullptr;
}

// A Redis without TLS may wait for more of what it takes for a command, and says nothing.
bool answers_in_clear(Endpoint at) {
  CheckConnection connection{at, nullptr};
  if (connection.failed()) return false;
  const auto answer = connection.ask({"PING"});
  return answer || answer.error().message.starts_with("NOAUTH") ||
         answer.error().message.starts_with("DENIED");
}

// One that speaks TLS resets a connection in clear without a word; it does not stay silent. To try
// it takes a megabyte, which a daemon would keep.
bool answers_by_tls(Endpoint at) {
  TlsConfig anybody;
  anybody.on = true;
  anybody.verify = TlsVerify::none;
  redis::Tls tls{anybody};
  return !CheckConnection{at, &tls}.failed();
}

void note_tls(const CheckConnection& connection, RedisFacts& facts) {
  const auto& problem = connection.tls_problem();
  if (!problem) return;
  facts.tls_problem = problem->what;
  facts.tls_cure = problem->cure;
}

}  // namespace

RedisFacts redis_facts(const Config& config, const ServiceConfig& service, NodeIndex node) {
  const auto& redis = service.redis;
  const auto tls = tls_of(redis);
  RedisFacts facts;
  facts.node = config.nodes[node].name;
  facts.local = node == config.self;
  facts.at = {config.nodes[node].address, redis.port};
  if (facts.local && redis.address) {
    facts.for_peers = facts.at;
    facts.at.address = *redis.address;
    const CheckConnection as_peers_do{*facts.for_peers, tls.get()};
    if (as_peers_do.failed()) facts.unreachable_for_peers = as_peers_do.why_failed();
  }
  CheckConnection connection{facts.at, tls.get()};
  const bool connected = !connection.failed();
  if (connected) talk(connection, redis, facts);
  if (!facts.info) note_tls(connection, facts);
  const bool hung_up = connected && connection.failed() && !connection.timed_out();
  if (hung_up && !facts.info && !tls && answers_by_tls(facts.at)) {
    facts.tls_problem = "this port speaks TLS";
    facts.tls_cure = "set redis.tls = true, or correct redis.port";
  }
  if (connected) return facts;
  facts.refused = connection.refused();
  facts.unreachable = connection.why_failed();
  if (facts.local && facts.refused) {
    facts.answers_on_loopback = !CheckConnection{{loopback, redis.port}, nullptr}.failed();
  }
  if (tls && !facts.tls_problem.empty() && answers_in_clear(facts.at)) {
    facts.tls_problem = "this port does not speak TLS";
    facts.tls_cure = "correct redis.port (its tls-port), or leave out redis.tls";
  }
  return facts;
}

std::vector<LoginFacts> login_facts(const ServiceConfig& service,
                                    const std::vector<RedisFacts>& all) {
  const auto tls = tls_of(service.redis);
  std::vector<LoginFacts> logins;
  for (const auto& follower : all) {
    if (!follower.info || !follower.config_error.empty()) continue;
    for (const auto& master : all) {
      if (&follower == &master || !master.info) continue;
      logins.push_back({follower.node, master.node, refused_login(follower, master, tls.get())});
    }
  }
  return logins;
}

}  // namespace redvip::daemon

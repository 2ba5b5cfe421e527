#include <hiredis.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>

#include "daemon/check_facts.hpp"
#include "redis/info.hpp"

namespace redvip::daemon {

namespace {

constexpr timeval patience{1, 0};
constexpr Ipv4 loopback{0x7f000001};

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using Connection = std::unique_ptr<redisContext, FreeContext>;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

Connection connect(Endpoint at) {
  Connection connection{redisConnectWithTimeout(at.address.text().c_str(), at.port, patience)};
  if (connection && connection->err == 0) redisSetTimeout(connection.get(), patience);
  return connection;
}

// The reply's text: of a bulk or status, or the second element of an array (CONFIG GET's value).
Result<std::string> ask(redisContext& connection, const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    pointers.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<redisReply, FreeReply> reply{static_cast<redisReply*>(redisCommandArgv(
      &connection, static_cast<int>(words.size()), pointers.data(), lengths.data()))};
  if (!reply) return failure(connection.errstr);
  if (reply->type == REDIS_REPLY_ERROR) return failure(std::string{reply->str, reply->len});
  if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 0) return std::string{};
  const auto& text =
      reply->type == REDIS_REPLY_ARRAY ? *reply->element[reply->elements - 1] : *reply;
  if (text.str == nullptr) return failure("answered with something unexpected");
  return std::string{text.str, text.len};
}

Result<std::string> login(redisContext& connection, const RedisConfig& redis) {
  if (redis.password.empty()) return std::string{};
  std::vector<std::string> words{"AUTH"};
  if (!redis.username.empty()) words.push_back(redis.username);
  words.push_back(redis.password);
  return ask(connection, words);
}

std::string field(const std::string& info, const std::string& name) {
  std::istringstream lines{info};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + ':')) continue;
    const auto value = line.substr(name.size() + 1);
    return value.substr(0, value.find('\r'));
  }
  return {};
}

// Whether the file makes Redis start as a replica of nothing. Absent when it cannot be read.
std::optional<bool> is_born_parked(const std::string& redis_conf) {
  std::ifstream file{redis_conf};
  if (redis_conf.empty() || !file) return std::nullopt;
  bool parked = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    std::string directive;
    std::string host;
    std::string port;
    words >> directive >> host >> port;
    if (directive == "replicaof" || directive == "slaveof") {
      parked = host == "127.0.0.1" && port == "0";
    }
  }
  return parked;
}

void read_config(redisContext& connection, RedisFacts& facts) {
  // One by one: CONFIG GET takes several names only since 7.0.
  for (const auto* name : {"save", "appendonly", "requirepass", "masterauth", "repl-backlog-size",
                           "min-replicas-to-write", "bind"}) {
    const auto value = ask(connection, {"CONFIG", "GET", name});
    if (!value) {
      facts.config_error = value.error().message;
      return;
    }
    facts.config[name] = *value;
  }
}

void talk(redisContext& connection, const RedisConfig& redis, RedisFacts& facts) {
  const auto answer = login(connection, redis).and_then([&](const std::string&) {
    return ask(connection, {"INFO"});
  });
  const auto info =
      answer.and_then([](const std::string& text) { return redis::parse_info(text); });
  if (!info) {
    facts.error = info.error().text();
    return;
  }
  facts.info = *info;
  if (facts.local) facts.born_parked = is_born_parked(field(*answer, "config_file"));
  read_config(connection, facts);
}

}  // namespace

RedisFacts redis_facts(const Config& config, const ServiceConfig& service, NodeIndex node) {
  const auto& redis = service.redis;
  RedisFacts facts;
  facts.node = config.nodes[node].name;
  facts.local = node == config.self;
  facts.at = {config.nodes[node].address, redis.port};
  if (facts.local && redis.address) facts.at.address = *redis.address;
  errno = 0;
  const auto connection = connect(facts.at);
  if (connection && connection->err == 0) {
    talk(*connection, redis, facts);
    return facts;
  }
  facts.refused = errno == ECONNREFUSED;
  facts.unreachable = connection ? connection->errstr : "no memory";
  if (facts.local && facts.refused) {
    const auto other = connect({loopback, redis.port});
    facts.answers_on_loopback = other && other->err == 0;
  }
  return facts;
}

}  // namespace redvip::daemon

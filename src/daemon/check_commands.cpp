#include "daemon/check_commands.hpp"

#include <algorithm>

namespace redvip::daemon {

namespace {

constexpr auto presence_channels = "&redvip:*";

}  // namespace

std::vector<NeededCommand> queued_commands(const RedisConfig& redis) {
  const std::string client = "redvip-check";
  std::vector<NeededCommand> all{{"info", {"INFO"}},
                                 {"replicaof", {"REPLICAOF", client, "no-port"}},
                                 {"client|pause", {"CLIENT", "PAUSE", "0", "WRITE"}},
                                 {"client|unpause", {"CLIENT", "UNPAUSE"}},
                                 {"client|kill", {"CLIENT", "KILL", "ID", "0"}}};
  if (redis.min_replicas == MinReplicas::managed) {
    all.push_back({"config|set", {"CONFIG", "SET", "min-replicas-to-write", "no-number"}});
  }
  if (redis.on_divergence == OnDivergence::save) {
    all.push_back({"config|get", {"CONFIG", "GET", "dir"}});
    all.push_back({"bgsave", {"BGSAVE", client}});
    all.push_back({"psync", {"PSYNC", client, "no-offset"}});
  }
  all.push_back({"client|setname", {"CLIENT", "SETNAME", client}, false});
  all.push_back({"client|list", {"CLIENT", "LIST", "TYPE", "pubsub"}, false});
  all.push_back({"subscribe", {"SUBSCRIBE", "redvip:check"}, false});
  all.push_back({"unsubscribe", {"UNSUBSCRIBE", "redvip:check"}, false});
  return all;
}

std::vector<std::string> needed_commands(const RedisConfig& redis) {
  std::vector<std::string> names{"multi", "exec"};
  for (const auto& command : queued_commands(redis)) {
    if (command.needed) names.push_back(command.name);
  }
  return names;
}

std::vector<std::string> presence_commands() {
  std::vector<std::string> names{presence_channels};
  for (const auto& command : queued_commands({})) {
    if (!command.needed) names.push_back(command.name);
  }
  return names;
}

std::optional<RefusedCommand> refusal_of(const std::string& name, const std::string& error) {
  const bool unknown = error.starts_with("ERR unknown command") ||
                       error.starts_with("ERR unknown subcommand") ||
                       error.starts_with("ERR Unknown subcommand");
  // EXEC puts its own word before.
  const bool forbidden = error.find("NOPERM") != std::string::npos;
  if (!unknown && !forbidden) return std::nullopt;
  // 6.2 "... one of the channels used as arguments", 7.0 "No permissions to access a channel".
  const bool channel = forbidden && error.find("channel") != std::string::npos;
  return RefusedCommand{channel ? presence_channels : name, unknown};
}

}  // namespace redvip::daemon

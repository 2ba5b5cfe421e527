#include "daemon/check_commands.hpp"

#include <algorithm>

namespace redvip::daemon {

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
  all.push_back({"client|list", {"CLIENT", "LIST", "ID", "0"}, false});
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
  std::vector<std::string> names;
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
  return RefusedCommand{name, unknown};
}

}  // namespace redvip::daemon

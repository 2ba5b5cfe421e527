#include "redis/command.hpp"

#include <cassert>

namespace redvip::redis {
namespace {

std::vector<Words> replica_of(const std::string& host, const std::string& port,
                              const std::vector<Endpoint>& kill_clients_of, bool kill_replicas) {
  const Words replicaof{"REPLICAOF", host, port};
  if (kill_clients_of.empty() && !kill_replicas) return {replicaof};
  // The role first: whoever reconnects at once already meets a replica. By LADDR, because a plain
  // TYPE normal would also close connections that do not come through the virtual IP.
  std::vector<Words> all{{"MULTI"}, replicaof};
  for (const auto& local : kill_clients_of) {
    all.push_back({"CLIENT", "KILL", "LADDR", local.text(), "TYPE", "normal"});
    all.push_back({"CLIENT", "KILL", "LADDR", local.text(), "TYPE", "pubsub"});
  }
  // A pause that outlives the role would hold back the replication stream too (measured, 7.0.15);
  // the writes that waited in it are refused now.
  if (!kill_clients_of.empty()) all.push_back({"CLIENT", "UNPAUSE"});
  if (kill_replicas) all.push_back({"CLIENT", "KILL", "TYPE", "replica"});
  all.push_back({"EXEC"});
  return all;
}

struct ToRedis {
  std::vector<Words> operator()(const command::PauseWrites& pause) const {
    assert(pause.duration.count() > 0);
    return {{"CLIENT", "PAUSE", std::to_string(pause.duration.count()), "WRITE"}};
  }
  std::vector<Words> operator()(const command::UnpauseWrites&) const {
    return {{"CLIENT", "UNPAUSE"}};
  }
  std::vector<Words> operator()(const command::Promote&) const {
    return {{"REPLICAOF", "NO", "ONE"}};
  }
  std::vector<Words> operator()(const command::Follow& follow) const {
    return replica_of(follow.master.address.text(), std::to_string(follow.master.port),
                      follow.kill_clients_of, false);
  }
  std::vector<Words> operator()(const command::Park& park) const {
    return replica_of("127.0.0.1", "0", park.kill_clients_of, park.kill_replicas);
  }
  std::vector<Words> operator()(const command::RequireReplicas& require) const {
    return {{"CONFIG", "SET", "min-replicas-to-write", std::to_string(require.count)}};
  }
  std::vector<Words> operator()(const command::SaveDataset&) const { return {{"BGSAVE"}}; }
};

}  // namespace

std::vector<Words> to_redis(const Command& command) {
  return std::visit(ToRedis{}, command);
}

}  // namespace redvip::redis

// Everything redvip ever asks of a Redis besides INFO. A closed list: what is not here is never
// sent (ha.md S26). src/redis/command.* turns each into the words of the Redis documentation.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/types.hpp"

namespace redvip::command {

// CLIENT PAUSE <for> WRITE. Never ALL: that would block INFO and UNPAUSE too. Only ever extends.
struct PauseWrites {
  Millis duration;
  bool operator==(const PauseWrites&) const = default;
};

// CLIENT UNPAUSE
struct UnpauseWrites {
  bool operator==(const UnpauseWrites&) const = default;
};

// REPLICAOF NO ONE
struct Promote {
  bool operator==(const Promote&) const = default;
};

// REPLICAOF <address> <port>. With `kill_clients_of`: in one MULTI, so that no client of those
// addresses (CLIENT KILL LADDR <address>:<port>, normal and pubsub; Redis 6.2+) outlives the role,
// and no pause either.
struct Follow {
  Endpoint master;
  std::vector<Endpoint> kill_clients_of;
  bool operator==(const Follow&) const = default;
};

// REPLICAOF 127.0.0.1 0: a replica of nothing. Refuses writes, keeps its data, and on 7.0+ goes on
// feeding replicas that are attached. `kill_clients_of` as above. With `kill_replicas`: nobody may
// take a copy of it, not even one that is under way (CLIENT KILL TYPE replica).
struct Park {
  std::vector<Endpoint> kill_clients_of;
  bool kill_replicas = false;
  bool operator==(const Park&) const = default;
};

// CONFIG SET min-replicas-to-write <count>
struct RequireReplicas {
  int count = 0;
  bool operator==(const RequireReplicas&) const = default;
};

// BGSAVE, before a diverged dataset follows another.
struct SaveDataset {
  bool operator==(const SaveDataset&) const = default;
};

}  // namespace redvip::command

namespace redvip {

using Command =
    std::variant<command::PauseWrites, command::UnpauseWrites, command::Promote, command::Follow,
                 command::Park, command::RequireReplicas, command::SaveDataset>;

}  // namespace redvip

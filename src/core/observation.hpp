// What one INFO reply says about a Redis, in Redis's own words (redis.io/commands/info). Parsed
// from text in src/redis/info.*; compared in core/lineage.*.
#pragma once

#include <string>
#include <vector>

#include "core/types.hpp"

namespace redvip {

enum class Role : std::uint8_t { master, replica };

// One slaveN line of a master: how it sees a replica of its own.
struct AttachedReplica {
  Endpoint at;
  bool online = false;      // state=online: past its synchronisation
  std::int64_t offset = 0;  // last acknowledged, about once a second
  Seconds lag{0};           // since that acknowledgement

  bool operator==(const AttachedReplica&) const = default;
};

struct Observation {
  // server
  std::string run_id;  // new at each process start: how a restart is seen
  std::string version;
  Seconds uptime{0};
  // replication
  Role role = Role::master;
  std::string replid;   // master_replid, 40 hex digits
  std::string replid2;  // master_replid2; empty for none (40 zeros)
  std::int64_t master_repl_offset = 0;
  std::int64_t second_repl_offset = -1;  // last common offset + 1 with replid2's line; -1: none
  bool backlog_active = false;           // a master without it does not count its writes
  std::int64_t backlog_first_byte_offset = 0;
  std::int64_t backlog_histlen = 0;
  std::vector<AttachedReplica> replicas;  // of a master (or a chained replica)
  // replication, of a replica only
  std::string master_host;
  std::uint16_t master_port = 0;            // 0 with host 127.0.0.1: parked
  bool link_up = false;                     // master_link_status
  std::optional<Seconds> link_down_since;   // unknown when never connected
  std::optional<Seconds> master_last_io;    // since the master was last heard
  bool sync_in_progress = false;            // downloading a full copy
  std::int64_t slave_repl_offset = 0;       // applied
  std::int64_t slave_read_repl_offset = 0;  // read from the socket (= applied before 6.2)
  int replica_priority = 100;               // 0: never promote
  bool replica_read_only = true;
  // persistence, keyspace, cluster
  bool loading = false;  // decide nothing while it is
  bool bgsave_in_progress = false;
  bool last_bgsave_ok = true;
  bool aof_enabled = false;
  std::int64_t keys = 0;
  bool cluster_enabled = false;

  bool operator==(const Observation&) const = default;

  [[nodiscard]] bool is_master() const { return role == Role::master; }
  [[nodiscard]] bool is_parked() const { return role == Role::replica && master_port == 0; }
  // How much of its line this Redis has applied. A replica's master_repl_offset may run ahead of
  // what it has (redis.md, "liar node"), so a replica answers with slave_repl_offset.
  [[nodiscard]] std::int64_t applied_offset() const {
    return is_master() ? master_repl_offset : slave_repl_offset;
  }
};

// Why a Redis that can be reached does not answer as it should (redis.md section 4.3).
enum class Refusal : std::uint8_t {
  loading,         // -LOADING on commands; INFO works. Up, but not fit.
  busy,            // -BUSY: a script over its limit. Alive; down after down_after.
  misconfigured,   // -MISCONF: writes refused, snapshot failed. Alive.
  authentication,  // -NOAUTH, -WRONGPASS, -NOPERM: cannot judge; never a failover.
  max_clients,     // alive; we were not let in.
  protected_mode,  // -DENIED: cannot judge; configuration.
  other,
};

// Why a Redis cannot be reached at all.
enum class Loss : std::uint8_t {
  closed,       // an established connection was closed; not yet known whether the process lives
  refused,      // the host answers, nobody listens: the process is dead
  unreachable,  // the host does not answer, or there is no route
  protocol,     // it answered something that is not Redis
};

}  // namespace redvip

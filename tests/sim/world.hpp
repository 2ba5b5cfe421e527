// Everything a run consists of. The parts know each other through this; nothing outside is touched.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/overload.hpp"
#include "sim/chance.hpp"
#include "sim/client_model.hpp"
#include "sim/daemon_model.hpp"
#include "sim/invariants.hpp"
#include "sim/kernel_model.hpp"
#include "sim/lan.hpp"
#include "sim/ledger.hpp"
#include "sim/mutants.hpp"
#include "sim/redis_model.hpp"
#include "sim/schedule.hpp"
#include "sim/trace.hpp"

namespace redvip::sim {

struct Options {
  std::uint64_t seed = 1;
  std::size_t nodes = 2;
  bool trace = false;
  Mutant mutant = Mutant::none;
  bool born_parked = false;  // replicaof 127.0.0.1 0 in redis.conf
  Persistence persistence = Persistence::rdb;
  bool diskless = false;  // a full copy goes over the socket
  std::int64_t backlog_bytes = 1 << 20;
  std::int64_t socket_bytes = 1 << 20;  // in each queue of each kernel
  std::int64_t write_bytes = 0;         // of a write in the stream; 0: some
  Micros ping_period = Seconds{10};
  std::optional<NodeIndex> never_lead{};  // its replica-priority is 0
  unsigned slow_apply = 0;  // percent of the looks at which a replica applies one command only
  Micros slowest_packet = Micros{500};
  ServiceConfig service{};  // name, nodes, priorities and addresses are filled in
};

struct Host {
  Host(World& world, NodeIndex self) : redis{world, self}, daemon{world, self} {}
  Kernel kernel;
  Redis redis;
  Daemon daemon;
};

struct World {
  explicit World(Options wanted);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Instant now() const { return schedule.now(); }
  [[nodiscard]] NodeIndex client_host() const { return hosts.size(); }
  [[nodiscard]] std::string new_id(const char* kind);
  // Every key that some process has, or has in its receive queue.
  [[nodiscard]] Dataset copies() const;
  void redis_ended(NodeIndex node);
  void say(const std::string& line);

  // The first installation: `master` has the data, the others follow it, then every redvip starts.
  void install(NodeIndex master);
  // Runs until `until` or the first broken invariant.
  void run_until(Instant until);
  void run_for(Micros length) { run_until(now() + length); }

  Options options;
  Chance chance;
  Schedule schedule;
  Trace trace;
  Lan lan;
  Site site;  // as node 0 sees it
  Ledger ledger;
  Invariants invariants;
  Client client;
  std::vector<std::unique_ptr<Host>> hosts;

 private:
  std::uint64_t ids_ = 0;
};

}  // namespace redvip::sim

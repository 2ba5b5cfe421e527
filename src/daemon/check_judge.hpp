// What is right and wrong with a host and its Redis servers, judged from facts (pure). Gathering
// the facts is check_facts.*'s.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "core/observation.hpp"

namespace redvip::daemon {

enum class Level { ok, warning, problem };

struct Finding {
  Level level = Level::ok;
  std::string text;        // what was found
  std::string cure;        // what to do about it; empty when it is all right
  bool stops_run = false;  // starting as it is would do harm, so `run` refuses

  // OK|WARNING|PROBLEM, text, cure: one line without the newline.
  [[nodiscard]] std::string line() const;
  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

struct InterfaceFacts {
  std::string name;
  std::vector<IpPrefix> addresses;
  bool running = false;  // IFF_UP and IFF_RUNNING
};

struct KeepalivedFacts {
  int pid = 0;
  std::optional<std::vector<int>> vrids;  // absent: its configuration could not be read
};

// Who was heard advertising (RFC 9568 section 5.2; version 2 is RFC 3768).
struct SpeakerFacts {
  IpAddress source;
  int version = 0;
  int vrid = 0;
  auto operator<=>(const SpeakerFacts&) const = default;
};

struct HostFacts {
  bool net_admin = false;  // CAP_NET_ADMIN, CAP_NET_RAW
  bool net_raw = false;
  std::vector<InterfaceFacts> interfaces;
  std::vector<KeepalivedFacts> keepalived;  // in our network namespace
  std::vector<SpeakerFacts> heard;
  std::string deaf;            // why nothing could be heard; empty: we listened
  bool nonlocal_bind = false;  // net.ipv4.ip_nonlocal_bind
  // Why netlink::DrainGuard and ClientGate cannot be had; empty: they can, or were not tried.
  std::string no_drain_guard;
  std::string no_client_gate;
};

// A command that Redis does not let us have.
struct RefusedCommand {
  std::string name;      // as an ACL rule names it: "client|kill"
  bool unknown = false;  // renamed or removed, not forbidden
  bool operator==(const RefusedCommand&) const = default;
};

// The parameters of redis.conf that are judged. A version that does not know one says nothing.
inline constexpr std::array judged_settings{"save",
                                            "appendonly",
                                            "rdb-del-sync-files",
                                            "requirepass",
                                            "masteruser",
                                            "masterauth",
                                            "bind",
                                            "maxmemory",
                                            "min-replicas-to-write",
                                            "repl-backlog-size",
                                            "repl-backlog-ttl",
                                            "repl-diskless-load",
                                            "repl-ping-replica-period",
                                            "repl-timeout",
                                            "replica-read-only",
                                            "replica-serve-stale-data"};

struct RedisFacts {
  std::string node;
  Endpoint at;
  bool local = false;
  bool refused = false;              // ECONNREFUSED: the host is there, Redis is not
  std::string unreachable;           // why no connection; empty: connected
  bool answers_on_loopback = false;  // asked only when the local Redis refused
  std::string error;                 // reply to AUTH or INFO, "WRONGPASS ..."; empty: it talks
  std::optional<Observation> info;
  std::vector<RefusedCommand> refused_commands;  // of needed_commands()
  std::string clients_error;                     // reply to CLIENT LIST; empty: `clients` is good
  std::string clients;                           // CLIENT LIST
  std::string config_error;                      // reply to CONFIG GET; empty: `config` is good
  std::map<std::string, std::string> config;     // of judged_settings; with passwords
  // `replicaof` of redis.conf, "127.0.0.1 0" or "" for none; absent: not seen.
  std::optional<std::string> conf_replicaof;
};

// One Redis, with its masteruser and masterauth, at another.
struct LoginFacts {
  std::string follower;  // names of nodes
  std::string master;
  std::string error;  // what refused it; empty: it may replicate
};

[[nodiscard]] Findings judge_capabilities(const HostFacts& host);
[[nodiscard]] Findings judge_host(const Config& config, const HostFacts& host);
[[nodiscard]] Findings judge_redis(const ServiceConfig& service, const RedisFacts& redis,
                                   bool nonlocal_bind);
// What only shows when they are seen together.
[[nodiscard]] Findings judge_nodes(const Config& config, const ServiceConfig& service,
                                   const std::vector<RedisFacts>& all,
                                   const std::vector<LoginFacts>& logins);

// Every virtual_router_id of a keepalived.conf.
[[nodiscard]] std::vector<int> virtual_router_ids(const std::string& keepalived_conf);

// Where Sentinels are connected from, by a reply to CLIENT LIST. They name their connections
// sentinel-<id>-cmd and sentinel-<id>-pubsub.
[[nodiscard]] std::vector<std::string> sentinels_in(const std::string& client_list);

// The interface that the service uses here, or nullptr: the named one, else the one that carries
// the node's address.
[[nodiscard]] const InterfaceFacts* interface_of(const Config& config, const ServiceConfig& service,
                                                 const std::vector<InterfaceFacts>& interfaces);

}  // namespace redvip::daemon

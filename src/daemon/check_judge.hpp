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
  std::string subject;     // "host", a file, a service, or a Redis: "redis-a 10.77.0.1:6379"
  std::string text;        // what was found
  std::string cure;        // what to do about it; empty when it is all right
  bool stops_run = false;  // starting as it is would do harm, so `run` refuses

  // OK|WARNING|PROBLEM, subject, text, cure: one line without the newline.
  [[nodiscard]] std::string line() const;
  [[nodiscard]] std::string sentence() const;  // without the level, for a log
  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

struct InterfaceFacts {
  std::string name;
  std::vector<IpPrefix> addresses;
  bool running = false;   // IFF_UP and IFF_RUNNING
  bool multicast = true;  // IFF_MULTICAST
  int arp_ignore = 0;     // what the kernel goes by: the greater one of its own and that of `all`
  bool has_ipv6 = true;   // not net.ipv6.conf.NAME.disable_ipv6, and the kernel knows it
  bool operator==(const InterfaceFacts&) const = default;
};

struct KeepalivedFacts {
  int pid = 0;
  std::optional<std::vector<int>> vrids{};  // absent: its configuration could not be read
  std::vector<std::string> role_scripts{};  // that it names and that move the roles of a Redis
  Seconds advert_interval{1};               // the longest of its instances
};

// Who was heard advertising a VRID of ours on that service's interface (RFC 9568 section 5.2;
// version 2 is RFC 3768).
struct SpeakerFacts {
  IpAddress source;
  int version = 0;
  int vrid = 0;
  std::string refused{};  // why the daemon would drop it; empty: it would not
  std::string differs{};  // vrrp::Received::disagreement
  auto operator<=>(const SpeakerFacts&) const = default;
};

// A program that the configuration names and that cannot be run.
struct BrokenProgram {
  std::string service;
  std::string what;     // "track script /usr/bin/x", "notify /usr/bin/y"
  std::string trouble;  // "does not exist"
  bool is_track = true;
};

struct HostFacts {
  bool net_admin = false;  // CAP_NET_ADMIN, CAP_NET_RAW
  bool net_raw = false;
  bool sys_nice = false;  // CAP_SYS_NICE, CAP_IPC_LOCK
  bool ipc_lock = false;
  std::vector<InterfaceFacts> interfaces;
  std::vector<IpPrefix> marked;             // the addresses that a redvip has put there
  std::optional<int> redvip;                // the pid of one that runs with this configuration
  std::vector<KeepalivedFacts> keepalived;  // in our network namespace
  std::vector<SpeakerFacts> heard;
  Micros listened{0};
  std::string deaf;            // why nothing could be heard; empty: we listened
  bool nonlocal_bind = false;  // net.ipv4.ip_nonlocal_bind
  // Whether a new interface, such as the macvlan of vmac = true, has IPv6.
  bool ipv6_by_default = true;
  std::vector<BrokenProgram> broken_programs;
  // Why netlink::DrainGuard and ClientGate cannot be had; empty: they can, or were not tried.
  std::string no_drain_guard;
  std::string no_client_gate;
};

// A command that Redis does not let us have.
struct RefusedCommand {
  std::string name;      // as an ACL rule names it, without its sign: "client|kill", "&redvip:*"
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
                                            "tls-replication",
                                            "replica-read-only",
                                            "replica-serve-stale-data"};

struct RedisFacts {
  std::string node;
  Endpoint at;
  bool local = false;
  bool refused = false;              // ECONNREFUSED: the host is there, Redis is not
  std::string unreachable;           // why no connection; empty: connected
  bool answers_on_loopback = false;  // asked only when the local Redis refused
  // Where peers look for it, if it is not where we do (redis.address), and why it is not there.
  std::optional<Endpoint> for_peers{};
  std::string unreachable_for_peers{};
  // What is wrong with TLS, or with doing without, and what to do; empty: nothing.
  std::string tls_problem{};
  std::string tls_cure{};
  std::string error;  // reply to AUTH or INFO, "WRONGPASS ..."; empty: it talks
  std::optional<Observation> info;
  std::vector<RefusedCommand> refused_commands;  // of needed_commands()
  std::string clients_error;                     // reply to CLIENT LIST; empty: `clients` is good
  std::string clients;                           // CLIENT LIST
  std::string config_error;                      // reply to CONFIG GET; empty: `config` is good
  std::map<std::string, std::string> config;     // of judged_settings; with passwords
  // `replicaof` of redis.conf, "127.0.0.1 0" or "" for none; absent: not seen ...
  std::optional<std::string> conf_replicaof;
  std::string
      conf_hidden{};  // ... because it cannot be read: "/etc/redis/redis.conf: Permission ..."
};

// One Redis, with its masteruser and masterauth, at another.
struct LoginFacts {
  std::string follower;  // names of nodes
  std::string master;
  std::string error;  // what refused it; empty: it may replicate
};

// Why the file was refused; each of its errors is a problem.
[[nodiscard]] Findings judge_refused_file(const std::vector<Error>& errors);
// What the file means, and what is doubtful in it. `self`: which node this is, where that can be
// told; `secrets_open`: others than its owner and group may read it.
[[nodiscard]] Findings judge_file(const std::string& path, const Config& config,
                                  const std::optional<NodeIndex>& self, bool secrets_open);
// Virtual IPs that no node's subnet has, as far as the file tells; the host knows it better.
[[nodiscard]] Findings judge_far_addresses(const Config& config);

[[nodiscard]] Findings judge_capabilities(const HostFacts& host);
// What daemon.realtime needs, which the daemon itself says when it starts.
[[nodiscard]] Findings judge_realtime(const Config& config, const HostFacts& host);
[[nodiscard]] Findings judge_host(const Config& config, const HostFacts& host);
// Who else moves the address: keepalived here, other routers on the wire. A part of judge_host.
[[nodiscard]] Findings judge_rivals(const Config& config, const ServiceConfig& service,
                                    const HostFacts& host);
[[nodiscard]] Findings judge_redis(const ServiceConfig& service, const RedisFacts& redis,
                                   bool nonlocal_bind);
// What only shows when they are seen together.
[[nodiscard]] Findings judge_nodes(const Config& config, const ServiceConfig& service,
                                   const std::vector<RedisFacts>& all,
                                   const std::vector<LoginFacts>& logins);
// A node that advertises as it should, while no redvip of it is connected to any Redis.
[[nodiscard]] Findings judge_advertisers(const Config& config, const ServiceConfig& service,
                                         const std::vector<SpeakerFacts>& heard,
                                         const std::vector<RedisFacts>& all);

// Every virtual_router_id of a keepalived.conf.
[[nodiscard]] std::vector<int> virtual_router_ids(const std::string& keepalived_conf);
// Its longest advert_int; "1" where there is none.
[[nodiscard]] Seconds longest_advert_interval(const std::string& keepalived_conf);
// The files that it names by an absolute path: scripts among others.
[[nodiscard]] std::vector<std::string> named_paths(const std::string& keepalived_conf);
// Whether a script sends SLAVEOF or REPLICAOF.
[[nodiscard]] bool moves_roles(const std::string& script);

// Where Sentinels are connected from, by a reply to CLIENT LIST. They name their connections
// sentinel-<id>-cmd and sentinel-<id>-pubsub.
[[nodiscard]] std::vector<std::string> sentinels_in(const std::string& client_list);
// Where redvip daemons are connected from; their connections' names begin with "redvip".
[[nodiscard]] std::vector<std::string> redvips_in(const std::string& client_list);

// The interface that the service uses here, or nullptr: the named one, else the one that carries
// the node's address.
[[nodiscard]] const InterfaceFacts* interface_of(const Config& config, const ServiceConfig& service,
                                                 const std::vector<InterfaceFacts>& interfaces);

// "2 problems, 1 warning: not ready", "1 warning: ready", "ready"; of the file alone, with
// `offline`, "the file is good" for "ready".
[[nodiscard]] std::string summary(const Findings& findings, bool offline);
[[nodiscard]] bool any_problem(const Findings& findings);
// {"level": "warning", "subject": ..., "text": ..., "cure": ...}, one line without the newline.
[[nodiscard]] std::string to_json_line(const Finding& finding);

}  // namespace redvip::daemon

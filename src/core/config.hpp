// Configuration as values: what redvip.toml says once it has been read, checked and completed with
// defaults (src/daemon/config_file.*). The same on every node; `self` tells which one we are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/route.hpp"
#include "core/track.hpp"
#include "core/types.hpp"

namespace redvip {

// Index into Config::nodes. Small and dense, so that per-node facts are plain vectors.
using NodeIndex = std::size_t;

struct NodeConfig {
  std::string name;
  IpAddress address;
  // What VRRP over IPv6 multicast advertises from (RFC 9568 5.1.2.1); each node knows its own.
  std::optional<IpAddress> link_local{};

  bool operator==(const NodeConfig&) const = default;
};

enum class VrrpVersion : std::uint8_t { v2 = 2, v3 = 3 };

// What proves that an advertisement is ours: of VRRPv2 RFC 2338 section 5.3.6 (keepalived's
// auth_type), of VRRPv3 keepalived's auth_hmac.
struct Authentication {
  enum class Type : std::uint8_t { none, pass, ah, hmac };
  Type type = Type::none;
  std::string password;  // 1 to 8 octets; hmac: 32 to 64. Never logged.

  bool operator==(const Authentication&) const = default;
};

// The form of the VRRPv3 checksum over IPv4 that is sent: with the pseudo-header (RFC 5798 as
// keepalived and FRR read it), or over the message only (RFC 9568 section 5.2.8).
enum class Checksum : std::uint8_t { rfc5798, rfc9568 };

// What to do when another machine answers for a virtual IP before this node adds it.
enum class OnConflict : std::uint8_t { refuse, warn };

// What to do with writes that only this node has, before it follows another (DESIGN section 6).
enum class OnDivergence : std::uint8_t { save, hold, discard };

// What of a Redis's certificate is checked: that a CA which is trusted signed it and that it is
// this Redis's; the first of the two; nothing.
enum class TlsVerify : std::uint8_t { full, ca, none };

struct TlsConfig {
  bool on = false;
  std::string ca_file{};      // PEM; empty: the CAs that the system trusts
  std::string cert_file{};    // ours, for a Redis that asks for it, and its key; both or neither
  std::string key_file{};
  std::string server_name{};  // that the certificate must have; empty: the address
  TlsVerify verify = TlsVerify::full;

  bool operator==(const TlsConfig&) const = default;
};

// Who sets min-replicas-to-write: the administrator, or redvip by what it sees of the replicas.
enum class MinReplicas : std::uint8_t { untouched, managed };

struct RedisConfig {
  std::uint16_t port = 6379;
  std::optional<IpAddress>
      address;           // where the local Redis is reached; default: the node's address
  std::string username;  // empty: the default user
  std::string password;  // empty: none. Never logged.
  TlsConfig tls;
  Micros probe_interval = Millis{100};
  Micros down_after = Seconds{1};  // no answer for this long: hung
  int weight = 0;                  // 0: down means fault; +n / -n moves the priority; -253..253
  Micros max_lag = Seconds{10};    // a replica link broken for longer is not promoted
  OnDivergence on_divergence = OnDivergence::save;
  int saves = 10;         // how many saved datasets are kept, 1..1000
  int saves_mb = 10'240;  // and how much of them, in MiB; the newest is kept in any case
  MinReplicas min_replicas = MinReplicas::untouched;

  bool operator==(const RedisConfig&) const = default;
};

struct GarpConfig {
  int repeat = 5;                // announcements per burst, 1..100
  Micros delay = Seconds{1};     // the second burst comes this long after the first; 0: none
  Micros refresh = Seconds{60};  // then one every so often; 0: never

  bool operator==(const GarpConfig&) const = default;
};

// Programs of the operator's, run on what becomes of the service. Each is an argv: an absolute path
// and arguments; empty: none.
struct NotifyConfig {
  std::vector<std::string> all{};     // with keepalived's four arguments after its own
  std::vector<std::string> master{};  // these with their own only, before `all`
  std::vector<std::string> backup{};
  std::vector<std::string> fault{};
  std::vector<std::string> stop{};
  Micros timeout = Seconds{30};  // then a program is killed

  bool operator==(const NotifyConfig&) const = default;
};

struct ServiceConfig {
  std::string name;
  std::vector<NodeIndex> nodes;      // in order of preference
  std::vector<Priority> priorities;  // 1..255, parallel to `nodes`; 255: RFC 9568's address owner
  std::string interface;             // empty: the one that carries this node's address
  Vrid vrid = Vrid::of(1);
  VrrpVersion version = VrrpVersion::v3;
  std::vector<IpPrefix> virtual_ips;  // 1 or more; those of the first one's family are advertised
  Centiseconds advert_interval{10};   // 1..4095; VRRPv2: whole seconds, 1..255
  Authentication auth;
  Checksum checksum = Checksum::rfc5798;
  bool strict = false;      // only what the RFC says is accepted, not what others send as well
  bool any_source = false;  // adverts of routers that are no node of ours count too
  bool vmac = false;        // the virtual router's own MAC address, on a macvlan
  bool accept = true;       // RFC 9568 Accept_Mode: what is sent to a virtual IP is for us
  OnConflict on_conflict = OnConflict::refuse;
  std::vector<Route> routes;  // they come and go with the virtual IPs
  std::string group;          // services of one group move together; empty: alone
  bool preempt = false;
  Micros preempt_delay{0};
  int max_moves = 10;  // take-overs of this node without an operator, within `move_window`; 0: any
  Micros move_window = Seconds{600};
  bool unicast = false;
  RedisConfig redis;
  GarpConfig garp;
  std::vector<Track> tracks;
  NotifyConfig notify;

  // Of the advertisements: that of the first virtual IP.
  [[nodiscard]] Family family() const { return virtual_ips.front().address.family(); }
  bool operator==(const ServiceConfig&) const = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct DaemonConfig {
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::string state_dir = "/var/lib/redvip";
  std::string runtime_dir = "/run/redvip";
  bool realtime = true;
  std::optional<Endpoint> metrics{};  // where Prometheus asks; none: nowhere

  bool operator==(const DaemonConfig&) const = default;
};

struct Config {
  DaemonConfig daemon;
  std::vector<NodeConfig> nodes;  // at least one; unique names and addresses
  std::vector<ServiceConfig> services;
  NodeIndex self = 0;

  bool operator==(const Config&) const = default;
};

}  // namespace redvip

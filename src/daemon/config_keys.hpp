// Every key of redvip.toml in one table: name, default, range, meaning (DESIGN section 2). The
// parser, its errors and the manual all come from here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/config.hpp"
#include "daemon/config_kinds.hpp"

namespace redvip::daemon {

template <class T>
struct Located {
  T value;
  Position at;
};

// What one table said, before names became indices and rules between keys were checked.
struct NodeDraft : NodeConfig {
  const TomlValue* source = nullptr;
};

// Which of the four it is, and whether it has what that one takes, is a rule between its keys.
struct TrackDraft : Track {
  const TomlValue* source = nullptr;
  std::string interface;
  std::vector<std::string> script;
  std::string file;
  std::optional<IpAddress> ping;
  Micros interval{0};  // 0: the default of its kind
  Micros timeout{0};
  std::string user = ScriptTrack{}.user;
};

struct AuthenticationDraft : Authentication {
  std::string password_file;
};

struct RedisDraft : RedisConfig {
  std::string password_file;
  Micros interval{0};  // probe_interval; 0: by the number of services
};

struct ServiceDraft : ServiceConfig {
  const TomlValue* source = nullptr;
  std::vector<Located<std::string>> node_names;  // empty: all nodes
  std::vector<Located<std::pair<std::string, int>>> named_priorities;
  std::vector<Located<IpPrefix>> located_ips;
  std::vector<TrackDraft> track_drafts;
  RedisDraft redis_draft;
  Micros interval{0};  // advert_interval; 0: the default of the version
  AuthenticationDraft auth_draft;
};

struct Draft {
  DaemonConfig daemon;
  std::vector<NodeDraft> nodes;
  std::vector<ServiceDraft> services;
};

[[nodiscard]] Keys<Draft> root_keys();

// For the manual: the tables with the keys that this version takes, in order.
[[nodiscard]] std::vector<SectionHelp> config_sections();

// For the examples: the same keys in one list, table by table.
[[nodiscard]] std::vector<KeyHelp> config_reference();

}  // namespace redvip::daemon

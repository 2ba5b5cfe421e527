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

struct TrackDraft : InterfaceTrack {
  const TomlValue* source = nullptr;
};

struct RedisDraft : RedisConfig {
  std::string password_file;
};

struct ServiceDraft : ServiceConfig {
  const TomlValue* source = nullptr;
  std::vector<Located<std::string>> node_names;  // empty: all nodes
  std::vector<Located<std::pair<std::string, int>>> named_priorities;
  std::vector<Located<Ipv4Prefix>> located_ips;
  std::vector<TrackDraft> track_drafts;
  RedisDraft redis_draft;
};

struct Draft {
  DaemonConfig daemon;
  std::vector<NodeDraft> nodes;
  std::vector<ServiceDraft> services;
};

[[nodiscard]] Keys<Draft> root_keys();

// For the manual and the examples: every key that this version takes, in order.
[[nodiscard]] std::vector<KeyHelp> config_reference();

}  // namespace redvip::daemon

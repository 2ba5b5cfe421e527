// One host's keepalived.conf as values, each with the place where it stands. Nothing is decided
// here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "daemon/import/diagnosis.hpp"

namespace redvip::keepalived {

template <class T>
struct Said {
  T value{};
  Place at;
};
template <class T>
using Maybe = std::optional<Said<T>>;

// A program to run: `script`, `notify*`, `misc_path`.
struct Command {
  std::string keyword;
  std::vector<std::string> argv;  // never empty
  std::string user;               // empty: not said
  Place at;
};

struct Check {  // vrrp_script
  std::string name;
  Place at;
  std::optional<Command> command;
  Maybe<double> interval;  // seconds
  Maybe<double> timeout;   // seconds; 0: as the interval
  Maybe<int> rise;
  Maybe<int> fall;
  Maybe<int> weight;
  bool reverse = false;
};

struct TrackFile {
  std::string name;
  Place at;
  std::string path;
  Maybe<int> weight;  // 1 if not said
  bool reverse = false;
};

struct TrackProcess {
  std::string name;
  Place at;
  std::string process;
};

// An entry of track_script { NAME weight -20 } and its like.
struct Tracked {
  std::string name;
  std::optional<int> weight;  // beats the one of the check itself
  std::optional<bool> reverse;
  Place at;
};

struct Tracks {
  std::vector<Tracked> interfaces, scripts, files, processes;
};

struct Address {
  IpPrefix ip;
  bool bare = false;      // without a prefix length: keepalived takes /32 or /128
  bool excluded = false;  // of virtual_ipaddress_excluded: not in the adverts
  std::string interface;  // "dev"; empty: the instance's
  Place at;
};

struct Auth {
  std::string type;  // "PASS", "AH", "HMAC"
  std::string password;
  Place at;
};

struct Instance {
  std::string name;
  Place at;
  Maybe<std::string> state;
  Maybe<std::string> interface;
  Maybe<int> vrid;
  Maybe<int> priority;
  Maybe<double> advert_int;  // seconds
  Maybe<int> version;
  std::optional<Auth> auth;
  Maybe<IpAddress> unicast_source;
  Maybe<IpAddress> multicast_source;
  std::vector<Said<IpAddress>> peers;
  std::vector<Address> addresses;
  std::vector<Said<std::string>> routes;  // in redvip's words
  Maybe<bool> nopreempt;
  Maybe<double> preempt_delay;  // seconds
  Maybe<int> garp_delay, garp_repeat, garp_refresh;
  Maybe<bool> vmac;
  Maybe<bool> accept;
  Maybe<bool> checksum_as_v2;
  Tracks tracks;
  std::vector<Command> notifies;

  [[nodiscard]] bool is_v6() const {
    return !addresses.empty() && !addresses.front().ip.address.is_v4();
  }
};

struct Group {  // vrrp_sync_group
  std::string name;
  Place at;
  std::vector<Said<std::string>> members;
  Tracks tracks;
  std::vector<Command> notifies;
};

// virtual_server 127.0.0.1 PORT with a MISC_CHECK: how Redis was checked before vrrp_script.
struct LocalServer {
  int port = 0;
  Place at;
  std::vector<Command> commands;
};

struct Globals {
  Maybe<std::string> router_id;
  Maybe<std::string> script_user;
  Maybe<int> version;
  Maybe<bool> strict;
  Maybe<bool> checksum_as_v2;
  Maybe<int> garp_delay, garp_repeat, garp_refresh;
};

struct Host {
  std::string file;       // as given
  std::string config_id;  // as given; may be empty
  Globals globals;
  std::vector<Check> checks;
  std::vector<TrackFile> files;
  std::vector<TrackProcess> processes;
  std::vector<Instance> instances;
  std::vector<Group> groups;
  std::vector<LocalServer> servers;
};

// The first of a list with this name; nullptr: none.
template <class T>
const T* named(const std::vector<T>& list, const std::string& name) {
  for (const auto& each : list) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace redvip::keepalived

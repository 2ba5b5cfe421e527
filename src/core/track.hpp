// [[service.track]]: what besides Redis and its own interface a service depends on, as values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/types.hpp"

namespace redvip {

// Up while the interface is: told by the network monitor, not by a check of its own.
struct InterfaceTrack {
  std::string interface;

  bool operator==(const InterfaceTrack&) const = default;
};

// Fine when it exits with 0 within `timeout`.
struct ScriptTrack {
  std::vector<std::string> argv;  // argv[0]: an absolute path; no shell
  Micros interval = Seconds{1};   // from start to start; the runs of a slow one never overlap
  Micros timeout = Seconds{1};    // then its whole process group is killed
  std::string user{};             // of /etc/passwd; empty: the least that the daemon can do

  bool operator==(const ScriptTrack&) const = default;
};

// Fine when the file says so: judge_track_file() in core/tracker.hpp.
struct FileTrack {
  std::string path;  // on a file system of this host: it is read from the daemon's loop
  Micros interval = Seconds{1};

  bool operator==(const FileTrack&) const = default;
};

// Fine when the target answers an ICMP echo request within `timeout`.
struct PingTrack {
  IpAddress target;  // not link-local IPv6: it has no zone
  Micros interval = Millis{500};
  Micros timeout = Millis{400};

  bool operator==(const PingTrack&) const = default;
};

struct Track {
  std::string name;  // for logs: "eth1", the script's path ...
  std::variant<InterfaceTrack, ScriptTrack, FileTrack, PingTrack> what;
  int weight = 0;  // 0: failing is a fault; +n while it is fine, -n while it fails; -253..253
  int rise = 1;    // successes in a row that make it up again, 1..100
  int fall = 1;    // failures in a row that make it down, 1..100

  bool operator==(const Track&) const = default;
};

}  // namespace redvip

// What a script does with Redis, read from its text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/import/model.hpp"

namespace redvip::keepalived {

struct ScriptFacts {
  // Where it first does it.
  std::optional<Place> asks;      // PING, INFO, a connection to its port
  std::optional<Place> looks;     // for a process of that name
  std::optional<Place> promotes;  // SLAVEOF NO ONE
  std::optional<Place> follows;   // SLAVEOF somebody
  std::optional<Place> restarts;  // redis-server, by init or systemd
  std::optional<Place> stops_keepalived;
  bool follows_then_promotes = false;
  bool default_port = false;                      // redis-cli without -p
  std::vector<Said<int>> ports;                   // said in so many words
  std::vector<Said<std::string>> masters;         // of SLAVEOF: addresses or names
  std::vector<Said<std::string>> passwords;       // never shown
  std::vector<Said<std::string>> users;           // of Redis's ACL
  std::vector<Said<std::string>> configurations;  // redis.conf files that it names
  std::vector<Said<std::string>> others;          // programs that have nothing to do with Redis

  [[nodiscard]] bool checks() const { return asks || looks; }
  [[nodiscard]] bool moves_roles() const { return promotes || follows; }
  [[nodiscard]] bool about_redis() const { return checks() || moves_roles() || restarts; }
};

[[nodiscard]] bool mentions_redis(std::string_view word);  // or Valkey
[[nodiscard]] bool is_client(std::string_view word);       // redis-cli, at whatever path

// `path` and the number of its first line are for places; `argv` is what it is called with, argv[0]
// being itself.
[[nodiscard]] ScriptFacts read_script(std::string_view text, const std::string& path,
                                      const std::vector<std::string>& argv, int first_line = 1);
// A command that is no script: "killall -0 redis-server", "redis-cli -p 6380 ping".
[[nodiscard]] ScriptFacts read_command_line(const std::vector<std::string>& argv, const Place& at);

// `port`, `requirepass` and `masterauth` of a redis.conf.
void read_redis_conf(std::string_view text, const std::string& path, ScriptFacts& facts);

}  // namespace redvip::keepalived

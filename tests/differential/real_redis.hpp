// A redis-server process on the loopback of this test's own network namespace, spoken to with the
// words and the parser of the product.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>

#include "core/command.hpp"
#include "core/observation.hpp"

struct redisContext;

namespace redvip::differential {

struct Settings {
  bool append_only = false;
  bool born_parked = false;
  bool diskless = false;
};

// Moves this process into a network namespace that has nothing but a loopback. Needs root.
void enter_own_network();

class RealRedis {
 public:
  RealRedis(std::uint16_t port, Settings settings);
  ~RealRedis();
  RealRedis(const RealRedis&) = delete;
  RealRedis& operator=(const RealRedis&) = delete;

  void start();
  void kill();    // SIGKILL, and waits for its end
  void forget();  // removes what it left on the disk

  [[nodiscard]] Endpoint at() const { return {IpAddress{0x7f000001}, port_}; }
  // False: Redis answered with an error.
  bool execute(const Command& command);
  bool set(std::size_t key);
  [[nodiscard]] Observation info();
  [[nodiscard]] std::set<std::size_t> keys();

 private:
  void connect();
  void disconnect();
  [[nodiscard]] bool run(const std::vector<std::string>& words);

  std::uint16_t port_;
  Settings settings_;
  std::string folder_;
  pid_t process_ = 0;
  redisContext* connection_ = nullptr;
};

}  // namespace redvip::differential

// Clients that write unique keys, one at a time on each connection, and keep account of every
// answer and of who gave it. A connection that breaks is made anew at once, as an ordinary client
// does.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/directory.hpp"
#include "lab/writer.hpp"

namespace redvip::bench {

using lab::Clock;
using lab::Trouble;

struct Load {
  std::size_t connections = 1;
  std::size_t value_bytes = 1;
  std::chrono::microseconds between{1000};  // from an answer to the connection's next write
  // Writes that leave nothing behind (DEL of no key): they only tell who would take one.
  bool probing = false;
  int port = 6379;
  std::chrono::milliseconds patience{3000};  // for an answer
};

struct Ack {
  std::uint32_t connection;
  std::uint32_t number;  // of the write on its connection
  std::uint8_t server;   // the place in `servers` of who answered; unknown_server: not asked yet
  Clock::time_point at;
};
inline constexpr std::uint8_t unknown_server = 255;

struct Failure {
  Clock::time_point at;
  Trouble trouble;
  bool sent;  // a write was under way, not only a connection
};

class Clients {
 public:
  // `servers`: the folders of the Redis servers, by which they are told apart. `prefix` is of the
  // keys. All but the values must outlive it.
  Clients(const lab::Host& from, Directory& directory, Load load, std::string prefix,
          std::vector<std::string> servers);
  ~Clients();  // stop()
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;
  void stop();  // each waits for the answer that is under way

  [[nodiscard]] std::size_t acknowledged() const;
  [[nodiscard]] std::vector<Ack> acks() const;  // by time
  [[nodiscard]] std::vector<Failure> failures() const;
  [[nodiscard]] std::string key(const Ack& ack) const;
  // The latest acknowledgement; the epoch: none yet.
  [[nodiscard]] Clock::time_point last_ack() const;

  // What they wait for a connection.
  static constexpr std::chrono::milliseconds connect_timeout{50};

 private:
  class Connection;
  void moved_to(const std::string& address);
  void note(const Ack& ack);
  void note(const Failure& failure);

  const lab::Host& from_;
  Directory& directory_;
  const Load load_;
  const std::string prefix_;
  const std::vector<std::string> servers_;
  const std::string value_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards the two below
  std::vector<Ack> acks_;
  std::vector<Failure> failures_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace redvip::bench

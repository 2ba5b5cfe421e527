// A real redis-server in a network namespace of the test's own, a client to act on it, and a
// Connection that writes down what it reports.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "redis/connection.hpp"

struct redisContext;

namespace redvip::test {

inline constexpr IpAddress loopback{0x7F000001};
inline constexpr Endpoint redis_at{loopback, 6379};

// This process leaves the host's network for good, once; all later calls do nothing.
void enter_namespace();

// Runs a shell command; requires that it succeeds.
void run(const std::string& command);

// redis-server on redis_at, without persistence unless told. Killed by its pid at the end.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  void start(const std::vector<std::string>& more_options = {});  // returns when it answers
  void signal(int number) const;
  void kill();  // SIGKILL, and gone on return

 private:
  std::filesystem::path directory_;
  std::vector<std::string> options_;
  pid_t pid_ = 0;
};

// What the tests' own clients speak from now on; none: in clear.
inline std::shared_ptr<redis::Tls> spoken_tls{};

// A blocking client.
class Client {
 public:
  explicit Client(IpAddress address = loopback);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // The reply as text; "closed" when there is no connection left, "silent" after 300 ms.
  std::string ask(const std::string& command);
  void run_forever();  // starts a script that never ends, and does not wait for it

 private:
  redisContext* context_;
};

// What a Connection reported, in order: "connected", "observed", "lost closed", "refused busy" …
class Watch {
 public:
  explicit Watch(std::function<void(redis::ConnectionConfig&)> change = {});

  void start() { connection->start(); }
  // Runs the loop until it holds; fails the test when it does not within 20 s.
  void until(const std::function<bool()>& condition);
  void until_said(const std::string& word, int times = 1);
  void run_for(Millis duration);
  [[nodiscard]] int count(const std::string& word) const;

  void connect();  // start, and until connected for long enough that a loss is followed up at once
  Observation observe();
  Result<void> send(const Command& command);

  boost::asio::io_context io;
  std::vector<std::string> said;
  std::vector<std::string> texts;  // of each loss and refusal
  std::vector<Observation> observations;
  std::function<void()> on_event;  // called last in every callback
  std::unique_ptr<redis::Connection> connection;

 private:
  void say(const std::string& word);
};

}  // namespace redvip::test

// The client: writes unique keys through the virtual IP, one at a time, as an ordinary application
// does, and keeps account of what was acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lab/network.hpp"
#include "lab/redis.hpp"

namespace redvip::lab {

using Clock = std::chrono::steady_clock;

enum class Trouble : std::uint8_t {
  reset,          // an open connection was reset or closed: the client knows at once
  reply_timeout,  // an open connection said nothing until the client's own timeout
  refused,        // nobody listens
  unreachable,    // no answer to the connect within 50 ms, or no route
  readonly,       // -READONLY: the client talks to a replica
  other,          // any other error reply
};
[[nodiscard]] const char* to_text(Trouble trouble);

struct Failure {
  Clock::time_point at;
  Trouble trouble;
  std::string text;
};

class Writer {
 public:
  // Writes from now on, about 5,000 a second. `patience`: its own timeout for an answer; the
  // default leaves it to TCP to find out.
  Writer(const Host& from, std::string address,
         std::chrono::milliseconds patience = std::chrono::seconds{3}, std::string prefix = "k:");
  ~Writer();  // stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  void stop();

  [[nodiscard]] std::size_t acknowledged() const;
  [[nodiscard]] std::vector<std::string> acknowledged_keys() const;
  [[nodiscard]] std::vector<Failure> failures(Clock::time_point since = {}) const;
  [[nodiscard]] std::size_t count(Trouble trouble, Clock::time_point since = {}) const;
  // Longest time between two acknowledged writes, of the gaps that end after `since`; a gap that
  // is still open counts up to now.
  [[nodiscard]] Clock::duration outage(Clock::time_point since) const;
  // Acknowledged writes in each of the last `cells` spans of `width`, oldest first.
  [[nodiscard]] std::vector<std::size_t> timeline(std::size_t cells, Clock::duration width) const;

 private:
  struct Ack {
    std::uint64_t key;
    Clock::time_point at;
  };
  void work();
  void write_until_broken(RedisClient& redis);
  [[nodiscard]] std::string key(std::uint64_t n) const { return prefix_ + std::to_string(n); }
  void note(Trouble trouble, std::string text);

  const Host& from_;
  const std::string address_;
  const std::chrono::milliseconds patience_;
  const std::string prefix_;  // of its keys
  std::atomic<bool> stopping_{false};
  std::uint64_t next_ = 0;
  mutable std::mutex mutex_;  // guards the two below
  std::deque<Ack> acks_;      // a vector that grows would be a gap of its own
  std::vector<Failure> failures_;
  std::thread thread_;
};

}  // namespace redvip::lab

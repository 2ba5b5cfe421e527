// How the clients of a system find the server to write to.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lab/redis.hpp"

namespace redvip::bench {

class Directory {
 public:
  Directory() = default;
  virtual ~Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // Asked before every connection; may take as long as a question over the network does. nullopt:
  // nobody knows one now.
  [[nodiscard]] virtual std::optional<std::string> locate() = 0;
  // Whether a client asks a server that it has found for its ROLE before it writes.
  [[nodiscard]] virtual bool asks_role() const { return false; }
  // Calls it with the new address, from another thread, whenever clients are told to move. One
  // listener at the most; none when this object goes.
  virtual void listen(std::function<void(const std::string&)>) {}
};

// A virtual address: it is always the same.
class FixedAddress : public Directory {
 public:
  explicit FixedAddress(std::string address) : address_{std::move(address)} {}
  [[nodiscard]] std::optional<std::string> locate() override { return address_; }

 private:
  std::string address_;
};

// As the guidelines for Sentinel clients say (redis.io: "Sentinel client spec"): asks the sentinels
// in turn, begins with the one that answered last, and subscribes to +switch-master at each.
class AskSentinels : public Directory {
 public:
  AskSentinels(const lab::Host& from, std::vector<std::string> sentinels, std::string master);
  ~AskSentinels() override;

  [[nodiscard]] std::optional<std::string> locate() override;
  [[nodiscard]] bool asks_role() const override { return true; }
  void listen(std::function<void(const std::string&)> moved) override;

 private:
  void hear(const std::string& sentinel);
  void hear_from(lab::RedisClient& client);

  const lab::Host& from_;
  const std::string master_;
  std::mutex mutex_;  // guards the two below
  std::vector<std::string> sentinels_;
  std::function<void(const std::string&)> moved_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> listeners_;
};

}  // namespace redvip::bench

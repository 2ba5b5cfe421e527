// Many clients at once: connections that pipeline SETs of unique keys through the virtual IP, with
// values of 1 B to 100 kB, in one thread, and an account of what was acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lab/network.hpp"
#include "lab/writer.hpp"

namespace redvip::lab {

struct CrowdSize {
  std::size_t connections = 50;
  std::size_t pipelined = 10;             // SETs that a client sends without waiting
  std::chrono::milliseconds between{25};  // from one such burst to the client's next
};

class Crowd {
 public:
  Crowd(const Host& from, std::string address, CrowdSize size = {});
  ~Crowd();  // stop()
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  void stop();  // first waits for the answers that are under way

  [[nodiscard]] std::size_t acknowledged() const;
  [[nodiscard]] std::vector<std::string> acknowledged_keys() const;
  // Writes whose connection ended before their answer came: done or not, nobody promised anything.
  [[nodiscard]] std::size_t unanswered() const;
  [[nodiscard]] std::size_t count(Trouble trouble) const;
  // What the writes of these keys take in a replication stream.
  [[nodiscard]] static std::size_t bytes(const std::vector<std::string>& keys);

 private:
  class Client;
  void work();

  const Host& from_;
  const std::string address_;
  const CrowdSize size_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards the three below
  std::vector<std::string> acknowledged_;
  std::vector<Trouble> troubles_;
  std::size_t unanswered_ = 0;
  std::thread thread_;
};

}  // namespace redvip::lab

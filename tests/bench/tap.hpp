// Listens on the clients' port of the switch, where everything passes that matters: advertisements
// and ARP, which go to all ports, and the clients' TCP. With the kernel's time of each frame.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lab/network.hpp"

namespace redvip::bench {

using WireTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

struct Frame {
  enum class Kind : std::uint8_t { advert, arp, tcp };
  WireTime at;
  Kind kind;
  std::string source;       // IPv4; of ARP its sender
  std::string destination;  // IPv4; of ARP its target
  std::uint8_t vrid = 0;
  std::uint8_t priority = 0;  // of an advert
  std::uint8_t flags = 0;     // of TCP (TH_SYN ...)
  std::uint16_t source_port = 0;
  bool payload = false;  // TCP with data
};

class Tap {
 public:
  // `tcp`: whether to keep TCP frames as well.
  Tap(const lab::Network& network, bool tcp);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  [[nodiscard]] std::vector<Frame> frames() const;  // up to now, by time
  void forget();

 private:
  void listen();

  int socket_;
  const bool tcp_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards frames_
  std::vector<Frame> frames_;
  std::thread thread_;
};

// A time of steady_clock as the wire's clock tells it.
[[nodiscard]] WireTime to_wire(std::chrono::steady_clock::time_point at);

}  // namespace redvip::bench

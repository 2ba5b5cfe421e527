// When an address came to a host, by the kernel's own notification.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "bench/tap.hpp"

namespace redvip::bench {

class AddressWatch {
 public:
  AddressWatch(const lab::Host& host, std::string address);
  ~AddressWatch();
  AddressWatch(const AddressWatch&) = delete;
  AddressWatch& operator=(const AddressWatch&) = delete;

  [[nodiscard]] std::optional<WireTime> came() const;  // first

 private:
  void listen();

  int socket_;
  const std::string address_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards came_
  std::optional<WireTime> came_{};
  std::thread thread_;
};

}  // namespace redvip::bench

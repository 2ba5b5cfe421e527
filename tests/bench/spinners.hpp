// Keeps every core busy, as ordinary processes do.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace redvip::bench {

class Spinners {
 public:
  explicit Spinners(unsigned count = std::thread::hardware_concurrency()) {
    for (unsigned i = 0; i < count; ++i) {
      threads_.emplace_back([this] {
        while (!stopping_.load(std::memory_order_relaxed)) {
        }
      });
    }
  }
  ~Spinners() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
  }
  Spinners(const Spinners&) = delete;
  Spinners& operator=(const Spinners&) = delete;

 private:
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_{};
};

}  // namespace redvip::bench

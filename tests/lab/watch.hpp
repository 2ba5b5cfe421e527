// Looks every few milliseconds whether something is true, in a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

namespace redvip::lab {

class Watch {
 public:
  explicit Watch(std::function<bool()> claim);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void begin();  // forgets what was seen
  // The longest time since then in which it was not true.
  [[nodiscard]] std::chrono::milliseconds longest_lapse();

 private:
  void look();

  std::function<bool()> claim_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point held_;  // when it was true, last
  std::chrono::steady_clock::duration longest_{};
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace redvip::lab

// Virtual time: what happens next, in order of time, and of scheduling where times are equal.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/types.hpp"

namespace redvip::sim {

using Task = std::function<void()>;

class Schedule {
 public:
  [[nodiscard]] Instant now() const { return now_; }

  void at(Instant due, Task task) {
    heap_.push_back({std::max(due, now_), sequence_++, std::move(task)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  void after(Micros delay, Task task) { at(now_ + delay, std::move(task)); }

  // The next happening, if it is due by `limit`; else time moves to `limit`.
  bool run_next(Instant limit) {
    if (heap_.empty() || heap_.front().due > limit) {
      now_ = limit;
      return false;
    }
    std::pop_heap(heap_.begin(), heap_.end(), later);
    auto next = std::move(heap_.back());
    heap_.pop_back();
    now_ = next.due;
    next.task();
    return true;
  }

 private:
  struct Happening {
    Instant due;
    std::uint64_t sequence;
    Task task;
  };
  static bool later(const Happening& a, const Happening& b) {
    return a.due != b.due ? a.due > b.due : a.sequence > b.sequence;
  }

  // Not the origin: the service machine reads an origin as "never".
  Instant now_{Seconds{1000}};
  std::uint64_t sequence_ = 0;
  std::vector<Happening> heap_;
};

}  // namespace redvip::sim

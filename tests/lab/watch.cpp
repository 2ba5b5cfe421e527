#include "lab/watch.hpp"

#include <algorithm>

namespace redvip::lab {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Watch::Watch(std::function<bool()> claim) : claim_{std::move(claim)} {
  begin();
  thread_ = std::thread{[this] {
    while (!stop_) look();
  }};
}

Watch::~Watch() {
  stop_ = true;
  thread_.join();
}

void Watch::begin() {
  const std::lock_guard lock{mutex_};
  held_ = Clock::now();
  longest_ = {};
}

std::chrono::milliseconds Watch::longest_lapse() {
  const std::lock_guard lock{mutex_};
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest_);
}

void Watch::look() {
  const auto began = Clock::now();
  const bool holds = claim_();
  {
    const std::lock_guard lock{mutex_};
    if (holds) {
      held_ = std::max(held_, began);
    } else {
      longest_ = std::max(longest_, Clock::now() - held_);
    }
  }
  std::this_thread::sleep_for(3ms);
}

}  // namespace redvip::lab

// Waiting for something to become true, instead of sleeping and hoping.
#pragma once

#include <chrono>
#include <thread>

namespace redvip::lab {

// Polls about every 2 ms; the last answer is returned. `at_most` is how long a failing test waits.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds at_most = std::chrono::seconds{20}) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace redvip::lab

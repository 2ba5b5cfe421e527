// As lab::eventually, for what may take long: it looks only fifty times a second, because each look
// asks both servers and the kernel, and other labs are being measured meanwhile.
#pragma once

#include <chrono>
#include <thread>

namespace redvip::bench {

template <class Condition>
bool await(Condition condition, std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace redvip::bench

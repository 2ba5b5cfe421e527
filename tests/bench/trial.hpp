// One run: install a system, load it, let a fault strike, put it right, and count.
#pragma once

#include "bench/fault.hpp"
#include "bench/run.hpp"

namespace redvip::bench {

struct TrialOptions {
  std::chrono::milliseconds phase{
      0};                   // how much later than after the load's first second it strikes
  std::string lock_file{};  // of bench/turn.hpp
  pid_t root = 0;           // the process whose descendants are ours (bench/machine.hpp)
};

// Whatever goes wrong is told in Run::problem.
[[nodiscard]] Run run_trial(const SystemKind& kind, const Fault& fault,
                            const TrialOptions& options);

}  // namespace redvip::bench

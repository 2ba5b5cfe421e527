// redvip_bench faults: every system under every fault, in turn, several labs at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/run.hpp"

namespace redvip::bench {

struct FaultsOptions {
  std::vector<std::string> systems{};  // ids; empty: all
  std::vector<std::string> faults{};   // ids; empty: all
  int runs = 3;
  int parallel = 3;
  std::filesystem::path out;
  std::string command;  // how this bench was called, for the report
};

// Writes faults.json to `out`. Whether redvip lost no acknowledged write that could be kept.
// Throws LabError.
[[nodiscard]] bool faults_bench(const FaultsOptions& options);

struct OneRun {
  std::string system;
  std::string fault;
  int phase_ms = 1000;
  int root = 0;             // bench/machine.hpp; 0: this process
  std::string lock_file{};  // bench/turn.hpp
};
// One run in this process; prints its JSON.
int one_run(const OneRun& wanted);

}  // namespace redvip::bench

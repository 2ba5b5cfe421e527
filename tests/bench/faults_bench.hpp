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

// One run in this process; prints its JSON. `root`: bench/machine.hpp.
int one_run(const std::string& system, const std::string& fault, int phase_ms, int root);

}  // namespace redvip::bench

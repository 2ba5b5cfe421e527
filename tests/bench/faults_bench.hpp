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
  int runs = 3;                        // of each pair, with those that faults.json has already
  int parallel = 3;
  int minutes = 0;  // then none is begun any more; 0: until all are done
  std::filesystem::path out;
  std::string command;  // how this bench was called, for the report
};

// Adds to faults.json in `out`, run by run. Whether redvip lost no acknowledged write that could be
// kept. Throws LabError.
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

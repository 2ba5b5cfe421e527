// The benches beside the faults. Each writes NAME.json with its raw figures, tables and goals to
// `out`. All throw LabError.
#pragma once

#include <boost/json/fwd.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/goals.hpp"
#include "bench/table.hpp"

namespace redvip::bench {

struct BenchOptions {
  std::filesystem::path out;
  std::string command;  // how this bench was called, for the report
};

// Where the time of a crash failover and of a planned switchover goes.
void phases_bench(const BenchOptions& options, int runs);

// CPU time, context switches, packets and memory of `services` services on one host.
void cost_bench(const BenchOptions& options, const std::vector<int>& services, int seconds);

// Whether adverts keep their interval, with the machine idle and with every core busy, for so long
// each; and that nobody takes over meanwhile.
void jitter_bench(const BenchOptions& options, const std::vector<int>& intervals_ms,
                  int idle_seconds, int busy_seconds);

// All services of a host that is cut off: when the last one is written to again.
void mass_bench(const BenchOptions& options, const std::vector<int>& services, int runs);

// Instructions of the daemon for each service, counted by callgrind: at rest and in a mass
// failover.
void scale_bench(const BenchOptions& options, const std::vector<int>& services);

// What the drain guard is worth. Prints only.
void drain_bench(int runs);

// What all of them leave: tables and goals, and what they were made of.
void write_bench(const BenchOptions& options, const std::string& name,
                 const std::vector<Table>& tables, const std::vector<Goal>& goals,
                 boost::json::array raw);

}  // namespace redvip::bench

// What faults.json says, summed up for tables and pictures.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include "bench/run.hpp"

namespace redvip::bench {

struct SystemText {
  std::string id;
  std::string title;
  std::string what;
  std::map<std::string, std::string> settings{};
  bool sleeps = false;  // as SystemKind has it; not in the file
};

struct FaultText {
  std::string id;
  std::string title;
  std::string what;
  std::string redis{};  // what it asks of redis.conf beside the common one; empty: nothing
  bool loss_is_physical = false;
  bool alone = false;  // it needs the machine for itself; not in the file
};

// Whether a run has the machine for itself. Of SystemText and FaultText, or of what they describe.
template <class System, class Fault>
bool runs_alone(const System& system, const Fault& fault) {
  return fault.alone && !system.sleeps;
}

// All runs of one system under one fault.
struct Cell {
  std::size_t failed = 0;  // runs without a result
  std::size_t disturbed = 0;
  Spread longest{};
  Spread summed{};
  Spread unluckiest{};
  Spread errors{};
  Spread lost{};
  Spread saved{};
  Spread two_masters{};
  Spread redundant{};  // of those that got there
  std::size_t never_redundant = 0;
  std::set<std::string> remarks{};
  const Run* typical = nullptr;  // the one of median outage; nullptr: there is no result
};

// How a file of results came to be.
struct Origin {
  std::string made_at{};
  std::string command{};
  std::string machine{};
  std::string versions{};  // "redvip 0.1.0, keepalived 2.2.7, Redis 7.0.15"
};

struct Results {
  Origin origin{};
  int labs_at_a_time = 0;
  std::vector<SystemText> systems{};
  std::vector<FaultText> faults{};
  std::vector<Run> runs{};

  [[nodiscard]] bool empty() const { return runs.empty(); }
  [[nodiscard]] Cell cell(const std::string& system, const std::string& fault) const;
  [[nodiscard]] const FaultText* fault(const std::string& id) const;  // nullptr: not measured
};

[[nodiscard]] Results read_results(const std::filesystem::path& folder);  // throws LabError

// "8.1 ms", "246 ms", "2.23 s", "20.1 s"
[[nodiscard]] std::string duration_text(Ms value);
// "246 ms (230 .. 260 ms)"; of one value without the brackets.
[[nodiscard]] std::string duration_text(const Spread& values);
// "3 (0 .. 12)", with thousands separated; of equal values one number.
[[nodiscard]] std::string count_text(const Spread& values);
[[nodiscard]] std::string grouped(double count);  // "1,424"

// How one cell is told in a table.
[[nodiscard]] std::string redundancy_text(const Cell& cell);
[[nodiscard]] std::string remark_text(const Cell& cell);

}  // namespace redvip::bench

// The file of the faults' runs. It can be added to: what one call of the bench has not done, the
// next one does.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/results.hpp"

namespace redvip::bench {

// All that can be measured, in the order of the report.
struct Known {
  std::vector<SystemText> systems;
  std::vector<FaultText> faults;
};

class Store {
 public:
  // Reads what is there. `labs`: how many run at a time now. Throws LabError when that was measured
  // with other versions or on another machine.
  Store(std::filesystem::path file, const std::string& command, int labs, Known known);

  [[nodiscard]] int results(const std::string& system, const std::string& fault) const;
  // On disk when it returns.
  void add(const Run& run);
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Whether that run needs the machine for itself.
  [[nodiscard]] bool alone(const std::string& system, const std::string& fault) const;

 private:
  void describe(const Run& run);

  std::filesystem::path path_;
  Known known_;
  boost::json::object file_;
};

// The runs that are missing in a store, so many of each pair, in the order in which they should be
// done: those of one fault take turns, and every pair has one run before any has two. What wants
// the machine for itself goes first, where no other is held up.
struct Job {
  std::string system;
  std::string fault;
  int phase_ms;
  bool alone;
};
[[nodiscard]] std::vector<Job> missing(const Store& store, const std::vector<std::string>& systems,
                                       const std::vector<std::string>& faults, int runs);

// keepalived's checks have a period of 1 or 2 s, and Sentinel's of 1 s: the n-th run strikes so
// many ms into two seconds that any number of runs are spread over them evenly (van der Corput).
[[nodiscard]] int phase_of(int run);

}  // namespace redvip::bench

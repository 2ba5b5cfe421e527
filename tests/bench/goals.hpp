// What the figures have to show (issue 6), and whether they do.
#pragma once

#include <boost/json/fwd.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/results.hpp"
#include "bench/table.hpp"

namespace redvip::bench {

struct Goal {
  std::string text;
  std::string measured;
  bool reached;
};

// Those that can be judged by what is in the folder.
[[nodiscard]] std::vector<Goal> goals(const Results& results, const std::filesystem::path& folder);
// For the "goals" of a file of results.
[[nodiscard]] boost::json::array to_array(const std::vector<Goal>& goals);
[[nodiscard]] Table goals_table(const std::vector<Goal>& goals);

}  // namespace redvip::bench

// What has become of the acknowledged writes when all has healed.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bench/site.hpp"

namespace redvip::bench {

struct Account {
  std::set<std::string> lost{};   // in no dataset
  std::set<std::string> saved{};  // not in the final one, but in what redvip put aside
};

// `master` has the final dataset.
[[nodiscard]] Account account_for(Site& site, const Node& master,
                                  const std::vector<std::string>& acknowledged);

// The node whose dataset counts at the end: the one that serves, or of two the one that has more.
[[nodiscard]] Node& final_master(Site& site, bool a_serves, bool b_serves,
                                 const std::vector<std::string>& acknowledged);

}  // namespace redvip::bench

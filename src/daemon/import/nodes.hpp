// Which hosts there are, what they are called, and how they reach each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/import/views.hpp"

namespace redvip::keepalived {

struct NodePlan {
  std::string name;
  std::optional<IpAddress> address;  // always there unless the diagnosis has an error
  std::optional<IpAddress> link_local;
};

// One for each source in its order, then the hosts without a file. An address that nothing tells is
// an error that says which option to add.
[[nodiscard]] std::vector<NodePlan> plan_nodes(const std::vector<Host>& hosts,
                                               const std::vector<Pair>& pairs,
                                               const Request& request, Diagnosis& diagnosis);

}  // namespace redvip::keepalived

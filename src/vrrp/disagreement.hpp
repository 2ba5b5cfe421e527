// What another router of the same VRID advertises otherwise than we are configured.
#pragma once

#include "vrrp/receive.hpp"

namespace redvip::vrrp {

// As sets, as keepalived compares them.
[[nodiscard]] bool addresses_differ(std::vector<IpAddress> theirs, std::vector<IpAddress> ours);

// Received::disagreement.
[[nodiscard]] std::string disagreement(const Advertisement& advertisement,
                                       const Expectation& expected);

}  // namespace redvip::vrrp

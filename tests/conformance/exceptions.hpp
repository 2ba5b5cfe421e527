// What redvip does otherwise on purpose. docs/vrrp.md has the same table.
#pragma once

#include <map>
#include <string>

namespace redvip::conformance {

// By the case's id: the reason.
[[nodiscard]] const std::map<std::string, std::string>& exceptions();

}  // namespace redvip::conformance

// Which names, paths and addresses redvip.toml may have: what its parser and the importer both ask.
#pragma once

#include <string_view>

#include "core/types.hpp"

namespace redvip {

[[nodiscard]] bool is_name(std::string_view text);       // 1..63 letters, digits, '.', '_', '-'
[[nodiscard]] bool is_interface(std::string_view text);  // 1..15 characters (IFNAMSIZ), no '/'
[[nodiscard]] bool is_path(std::string_view text);       // absolute
// An address that a host can have: not 0.0.0.0/8 or ::/8 (but for ::1), not multicast or above.
[[nodiscard]] bool is_host(IpAddress address);
[[nodiscard]] bool is_loopback(IpAddress address);
// The all-zeros and all-ones addresses of a subnet are not a host's, except in /31 (RFC 3021), /32.
[[nodiscard]] bool is_host_of_subnet(const IpPrefix& ip);

}  // namespace redvip

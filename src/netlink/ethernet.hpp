// Offsets into an Ethernet frame (IEEE 802.3): destination, source, type.
#pragma once

#include <cstddef>

namespace redvip::netlink {

inline constexpr std::size_t ethernet_source = 6;
inline constexpr std::size_t ethernet_type = 12;

}  // namespace redvip::netlink

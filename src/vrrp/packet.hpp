// The VRRPv3 Advertisement for IPv4 on the wire (RFC 9568 section 5.2).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
//   |Reserve|   Max Advertise Intvl |           Checksum            |
//   |                        IPvX Address(es) ...                   |
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/types.hpp"

namespace redvip::vrrp {

inline constexpr Ipv4 multicast_group{0xE0000012};    // 224.0.0.18
inline constexpr std::uint8_t protocol_number = 112;  // in the IPv4 header
inline constexpr std::uint8_t time_to_live = 255;     // RFC 9568 5.1.1.3
inline constexpr std::uint8_t protocol_version = 3;
inline constexpr std::uint8_t advertisement_type = 1;
inline constexpr std::size_t header_length = 8;  // octets before the addresses

struct Advertisement {
  Vrid vrid;
  Priority priority;                 // 0 releases the virtual router
  Centiseconds max_advert_interval;  // 1..4095
  std::vector<Ipv4> addresses;       // 1..255, in the order of the configuration

  bool operator==(const Advertisement&) const = default;
};

// The two readings of the VRRPv3 checksum over IPv4. The first is what keepalived and FRR speak
// (RFC 5798 5.2.8); the second is what RFC 9568 5.2.8 asks and Cisco and Juniper speak. We send the
// first and accept both.
enum class ChecksumForm : std::uint8_t { pseudo_header, message_only };

// The Internet checksum (RFC 1071) of a VRRP message in one of its forms. Over a message whose
// checksum field is zero it is the value to send; over a received one it is 0 when that is intact.
// Source and destination are those of the IPv4 header.
[[nodiscard]] std::uint16_t checksum(std::span<const std::uint8_t> message, ChecksumForm form,
                                     Ipv4 source, Ipv4 destination);

// The VRRP message, to follow an IPv4 header with this source and destination. An advertisement
// outside the ranges above is a bug of the caller.
[[nodiscard]] std::vector<std::uint8_t> encode(const Advertisement& advertisement, Ipv4 source,
                                               Ipv4 destination);

}  // namespace redvip::vrrp

// VRRP Advertisements on the wire, without the IP header (ip.hpp) and without what authentication
// adds (ah.hpp, hmac_trailer.hpp).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |Version| Type  | Virtual Rtr ID|   Priority    |IPvX Addr Count|
//   |Reserve|   Max Advertise Intvl |           Checksum            |   v3, RFC 9568 section 5.2
//   |   Auth Type   |   Adver Int   |           Checksum            |   v2, RFC 3768 section 5.3
//   |                      IPvX Address(es) ...                     |
//   |                 Authentication Data (8 octets)                |   v2 only
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/config.hpp"
#include "vrrp/octets.hpp"

namespace redvip::vrrp {

using Version = VrrpVersion;

inline constexpr std::uint8_t protocol_number = 112;  // in the IP header
inline constexpr std::uint8_t time_to_live = 255;     // RFC 9568 5.1.1.3, 5.1.2.3: also Hop Limit
inline constexpr std::uint8_t advertisement_type = 1;
inline constexpr std::size_t header_length = 8;               // octets before the addresses
inline constexpr std::size_t authentication_data_length = 8;  // octets after them, v2 only

// 224.0.0.18 (RFC 9568 5.1.1.2) and ff02::12 (5.1.2.2).
[[nodiscard]] constexpr IpAddress multicast_group(Family family) {
  if (family == Family::ipv4) return IpAddress{0xE0000012};
  return IpAddress{IpAddress::V6{0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12}};
}

struct Advertisement {
  Version version = Version::v3;
  Vrid vrid;
  Priority priority;                 // 0 releases the virtual router
  Centiseconds max_advert_interval;  // v3: 1..4095; v2: Adver Int, whole seconds, 100..25500
  // 1..255, in the order of the configuration, of one family (v2: IPv4). Of IPv6 the first one has
  // to be link-local (RFC 9568 5.2.9), which not all do.
  std::vector<IpAddress> addresses;

  bool operator==(const Advertisement&) const = default;
};

// The v2 message's own authentication fields (RFC 2338 5.3.6, 5.3.10).
struct V2Authentication {
  std::uint8_t type = 0;  // 0: none, 1: simple text password, 2: IP Authentication Header
  std::array<std::uint8_t, authentication_data_length> data{};  // a receiver ignores it for type 0
};

// Octets of a message with `count` addresses, from its first one to the last of its checksummed
// ones. More than that is a trailer, or another protocol.
[[nodiscard]] std::size_t message_length(Version version, Family family, std::size_t count);

// What the checksum covers. v2 is `message_only`, IPv6 is `pseudo_header`; of v3 over IPv4 there
// are two readings. The first is what keepalived and FRR speak (RFC 5798 5.2.8); the second is what
// RFC 9568 5.2.8 asks and Cisco and Juniper speak.
enum class ChecksumForm : std::uint8_t { pseudo_header, message_only };

// The Internet checksum (RFC 1071) of a VRRP message in one of its forms. Over a message whose
// checksum field is zero it is the value to send; over a received one it is 0 when that is intact.
// Source and destination are those of the IP header.
[[nodiscard]] std::uint16_t checksum(OctetView message, ChecksumForm form, IpAddress source,
                                     IpAddress destination);

inline constexpr std::size_t checksum_offset = 6;

// The message, its checksum field zero. An advertisement outside the ranges above is a bug of the
// caller. `authentication` is for v2 only.
[[nodiscard]] Octets encode_message(const Advertisement& advertisement,
                                    const V2Authentication& authentication);

// Reads what encode_message() writes, `count` addresses and all: of another length it is a bug. The
// VRID must not be 0.
[[nodiscard]] Advertisement decode_message(OctetView message, Family family);

}  // namespace redvip::vrrp

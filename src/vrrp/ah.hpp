// The IP Authentication Header (RFC 2402) in front of VRRPv2 over IPv4, as keepalived builds it
// (vrrp_ipsecah.h, vrrp_in_chk_ipsecah() in vrrp.c), which deviates from RFC 2402 where said.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | Next Header   |  Payload Len  |          RESERVED             |   112, 4
//   |                 Security Parameters Index (SPI)               |   the source address
//   |                    Sequence Number Field                      |
//   |            Authentication Data (12 octets) ...                |   HMAC-MD5-96 (RFC 2403)
#pragma once

#include <optional>

#include "core/types.hpp"
#include "vrrp/authentication.hpp"

namespace redvip::vrrp {

inline constexpr std::uint8_t ah_protocol_number = 51;
inline constexpr std::size_t ah_length = 24;

struct AuthenticationHeader {
  std::uint32_t spi;
  std::uint32_t sequence;
  OctetView icv;  // Integrity Check Value, 12 octets
};

// nullopt: `payload`, which follows the IPv4 header, does not begin with such a header.
[[nodiscard]] std::optional<AuthenticationHeader> decode_ah(OctetView payload);

// Its ICV is zero.
[[nodiscard]] Octets encode_ah(IpAddress source, std::uint32_t sequence);

// The ICV over an IPv4 packet that carries such a header: 12 octets. Type of service, fragment
// fields, header checksum and the ICV itself count as zero. So does the TTL, but only when the
// destination is unicast: where it has to arrive as 255, keepalived takes it as it is.
[[nodiscard]] Octets integrity_check_value(OctetView packet, const Password& password);
// Writes it into the packet.
void sign_ah(Octets& packet, const Password& password);

}  // namespace redvip::vrrp

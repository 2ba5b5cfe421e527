// The trailer behind the VRRP message that keepalived calls auth_hmac, in its form since 2.4.2
// (vrrp_auth_hmac.c; draft-cassen-vrrp-auth-hmac). Earlier ones do not interoperate.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     Type      |    Key ID     |           Reserved            |   1: HMAC-SHA-256-128
//   |                    Seconds since 1970, UTC                    |
//   |    Seconds in 1/65536         |           Counter             |
//   |                       HMAC (16 octets) ...                    |
//
// The HMAC covers family, version, VRID and source address (as a pseudo-header), the message with a
// checksum of zero, and the trailer up to the HMAC; not the IP header. Over IPv4 the checksum of
// the message does not cover the trailer, over IPv6 it does.
#pragma once

#include "core/types.hpp"
#include "vrrp/authentication.hpp"

namespace redvip::vrrp {

inline constexpr std::size_t trailer_length = 28;

struct HmacTrailer {
  std::uint8_t type;  // 1
  std::uint8_t key_id;
  std::uint16_t reserved;  // 0
  std::uint64_t sequence;
  OctetView hmac;
};

inline constexpr std::uint8_t trailer_type = 1;

// `trailer` has trailer_length octets.
[[nodiscard]] HmacTrailer decode_trailer(OctetView trailer);

// Of a message (its checksum does not matter) that `source` sends.
[[nodiscard]] Octets encode_trailer(const HmacKey& key, std::uint64_t sequence, IpAddress source,
                                    OctetView message);

// Whether the trailer's HMAC is the one that `key` makes.
[[nodiscard]] bool verify_trailer(const HmacKey& key, OctetView trailer, IpAddress source,
                                  OctetView message);

}  // namespace redvip::vrrp

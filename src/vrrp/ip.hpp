// The IP headers around VRRP (RFC 791, RFC 8200).
#pragma once

#include <optional>

#include "core/types.hpp"
#include "vrrp/octets.hpp"

namespace redvip::vrrp {

// What a raw socket delivers: of IPv4 the whole packet, all fields in network byte order. Of IPv6
// only what follows the header; what the header said comes beside it (RFC 3542).
struct Datagram {
  struct Ipv6Header {
    IpAddress source;
    IpAddress destination;   // IPV6_PKTINFO
    std::uint8_t hop_limit;  // IPV6_HOPLIMIT
  };

  OctetView octets;
  std::optional<Ipv6Header> ipv6;  // nullopt: IPv4
};

struct IpPacket {
  IpAddress source;
  IpAddress destination;
  std::uint8_t hop_limit;
  std::uint8_t protocol;  // of IPv6 it is always 112: its socket receives no other
  OctetView payload;
  OctetView
      whole;  // of IPv4, without what follows its total length (Ethernet padding); IPv6: empty
};

// nullopt: no complete IPv4 header, or less than that says.
[[nodiscard]] std::optional<IpPacket> decode_ip(const Datagram& datagram);

struct IpRoute {
  IpAddress source;
  IpAddress destination;  // of the same family
};

// A packet with TTL or hop limit 255 and traffic class 0xC0 (internetwork control), not to be
// fragmented by us, its IPv4 header checksum left to the kernel. `identification` is IPv4's; 0:
// the kernel chooses.
[[nodiscard]] Octets encode_ip(const IpRoute& route, std::uint8_t protocol,
                               std::uint16_t identification, OctetView payload);

}  // namespace redvip::vrrp

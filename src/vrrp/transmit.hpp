// From an advertisement to what a raw socket sends: the reverse of receive().
#pragma once

#include "vrrp/authentication.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {

struct Wire {
  IpAddress source;       // our primary address; IPv6: link-local, or global when unicast
  IpAddress destination;  // multicast_group(), or a unicast peer
  ChecksumForm checksum = ChecksumForm::pseudo_header;  // of v3 over IPv4; else there is no choice
  Authentication authentication{};
  std::uint64_t sequence = 0;  // SequenceNumbers::next()
};

// The whole packet, IP header included. An advertisement out of range, another family than the
// addresses', or authentication that the version does not know is a bug of the caller.
[[nodiscard]] Octets encode(const Advertisement& advertisement, const Wire& wire);

}  // namespace redvip::vrrp

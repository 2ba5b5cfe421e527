// The part of receive() that is about authentication.
#pragma once

#include <tl/expected.hpp>

#include "vrrp/receive.hpp"

namespace redvip::vrrp {

// A packet taken apart; the views are into it.
struct Parts {
  IpPacket ip;
  OctetView message;  // header, addresses and, of v2, authentication data
  OctetView trailer;  // what follows them: nothing, or trailer_length octets
};

struct Refusal {
  Reject reason;
  std::string detail;
};

struct Verified {
  std::optional<std::uint64_t> sequence;  // nullopt: it has none
  bool is_unsigned = false;               // though hmac is configured
};

// Whether the message is authentic; not yet whether it is a replay.
[[nodiscard]] tl::expected<Verified, Refusal> verify(const Parts& parts,
                                                     const Expectation& expected, WallTime now);

}  // namespace redvip::vrrp

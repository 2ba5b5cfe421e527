// Which packets are believed (RFC 9568 section 7.1). Stateless: a packet that is rejected here has
// touched no timer and no state machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "vrrp/packet.hpp"

namespace redvip::vrrp {

// In the order of the checks. What other virtual routers on the link do comes before our VRID is
// compared, so that whatever is rejected after it is about us.
enum class Reject : std::uint8_t {
  packet_length,   // no complete IPv4 header and VRRP header, or not exactly 8 + 4 * count octets
  own_packet,      // our own source address: a loop, or another host uses our address
  ip_ttl,          // not 255, so it may have crossed a router; multicast only
  destination,     // not 224.0.0.18; with unicast: not our address
  version,         // not 3
  type,            // not an ADVERTISEMENT
  vrid,            // another virtual router, which is normal on a shared link
  unknown_source,  // our VRID, but not from a node of the service
  checksum,        // neither form holds
  count_zero,      // no addresses (5.2.5)
  interval_zero,   // Max Advertise Interval 0 (5.2.7, erratum 8301)
};
inline constexpr std::size_t reject_count = static_cast<std::size_t>(Reject::interval_zero) + 1;

// The words of RFC 8347 (ietf-vrrp.yang) where it has them.
[[nodiscard]] std::string_view name(Reject reason);

struct Expectation {
  Vrid vrid;
  std::vector<Ipv4> addresses;  // of the virtual router; any order
  Centiseconds interval;        // our own Advertisement_Interval
  Ipv4 self;                    // the address of this node
  std::vector<Ipv4> peers;      // the addresses of the service's other nodes
  bool unicast = false;
};

struct Received {
  Advertisement advertisement;
  Ipv4 source;
  ChecksumForm checksum_form = ChecksumForm::pseudo_header;
  // To be counted and logged, never a reason to drop (7.1). Addresses are compared as sets, as
  // keepalived does.
  bool addresses_differ = false;
  bool interval_differs = false;
};

// `packet` is what a raw IPv4 socket for protocol 112 delivers: header included, all fields in
// network byte order.
[[nodiscard]] tl::expected<Received, Reject> receive(std::span<const std::uint8_t> packet,
                                                     const Expectation& expected);

struct Counters {
  std::array<std::uint64_t, reject_count> rejected{};  // by Reject
  std::uint64_t accepted = 0;
  // Of the accepted:
  std::uint64_t message_only_checksum = 0;
  std::uint64_t addresses_differ = 0;
  std::uint64_t interval_differs = 0;

  void count(const tl::expected<Received, Reject>& outcome);
  [[nodiscard]] std::uint64_t of(Reject reason) const {
    return rejected[static_cast<std::size_t>(reason)];
  }
};

}  // namespace redvip::vrrp

// Which packets are believed (RFC 9568 section 7.1, RFC 3768 section 7.1). A packet that is
// rejected here has touched no timer, no state machine and no sequence number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "vrrp/authentication.hpp"
#include "vrrp/ip.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {

// In the order of the checks. What other virtual routers on the link do comes before our VRID is
// compared, so that whatever is rejected after it is about us: a peer that speaks another version
// too, because the VRID stands at the same place in both.
enum class Reject : std::uint8_t {
  packet_length,       // no complete IP and VRRP header, or not exactly as long as its count says
  own_packet,          // our own source address: a loop, or another host uses our address
  ip_ttl,              // TTL or hop limit not 255, so it may have crossed a router; multicast only
  destination,         // not the VRRP group; with unicast: not our address
  ah_header,           // IP protocol 51, but cut, or not as keepalived builds it
  vrid,                // another virtual router, which is normal on a shared link
  version,             // not the configured one
  type,                // not an ADVERTISEMENT
  unknown_source,      // our VRID, but not from a node of the service
  checksum,            // not intact in a form that we accept
  count_zero,          // v3: no addresses (RFC 9568 5.2.5, erratum 8299)
  interval_zero,       // v3: Max Advertise Interval 0 (5.2.7, erratum 8301)
  invalid_auth_type,   // v2: none that RFC 2338 knows; hmac: not type 1
  auth_type_mismatch,  // v2: not the configured one; hmac: not signed, or by an unknown key
  auth_failure,        // another password or key
  owner_conflict,      // v2: we own the addresses, and somebody advertises them (RFC 3768 7.1)
  interval_mismatch,   // v2: Adver Int differs from ours, MUST be discarded (RFC 3768 7.1)
  first_address,       // `strict`, IPv6: the first one is not link-local (erratum 8300)
  address_list,        // v2: other addresses than ours, from somebody who does not own them
  stale,               // hmac: its time is too far from ours
  replay,              // ah, hmac: a sequence number that its source has already used
};
inline constexpr std::size_t reject_count = static_cast<std::size_t>(Reject::replay) + 1;

// The words of RFC 8347 (ietf-vrrp.yang) and, of authentication, RFC 2787 where they have them.
[[nodiscard]] std::string_view name(Reject reason);

struct Expectation {
  Version version = Version::v3;  // v2 is for IPv4 only
  Vrid vrid;
  std::vector<IpAddress> addresses;  // that the virtual router advertises; any order, one family
  Centiseconds interval;             // our own Advertisement_Interval
  Priority priority;                 // our own; 255: we own the addresses
  IpAddress self;                    // our source address; it tells the family
  std::vector<IpAddress> peers;      // the other nodes' sources; IPv6 multicast: link-local ones
  bool any_source = false;           // believe others than `peers` too
  bool unicast = false;
  std::optional<ChecksumForm> only_form{};  // v3 over IPv4; nullopt: either
  bool strict = false;                      // see Reject::first_address
  Authentication authentication{};
};

struct Rejected {
  Reject reason;
  IpAddress source;    // 0.0.0.0: it cannot be read
  std::string detail;  // what it says and what is expected, where that is more than `reason` says
};

struct Received {
  Advertisement advertisement;
  IpAddress source;
  ChecksumForm checksum_form = ChecksumForm::pseudo_header;
  // To be counted and logged, never a reason to drop (7.1).
  bool addresses_differ = false;      // as sets, as keepalived compares them
  bool interval_differs = false;      // v3: a Backup follows it all the same
  bool first_not_link_local = false;  // IPv6 without `strict`: FRR and keepalived may send that
  bool is_unsigned = false;           // hmac, where the mode allows it
  bool same_priority = false;         // not 0; worth a warning to an Active (RFC 9568 8.3.2)
  bool duplicate_owner = false;       // v3: both 255 (erratum 8298)
  // What disagrees with our configuration, field by field: "advertises 10.0.0.9, which is not
  // configured here; lacks 10.0.0.100; interval 1 s, here 100 ms". Empty: nothing.
  std::string disagreement{};
};

// `numbers` learns the sequence number of an authenticated packet that is accepted.
[[nodiscard]] tl::expected<Received, Rejected> receive(const Datagram& datagram,
                                                       const Expectation& expected,
                                                       SequenceNumbers& numbers, WallTime now);

// Which virtual router a packet is of, whatever else is wrong with it. nullopt: it does not say.
[[nodiscard]] std::optional<std::uint8_t> vrid_of(const Datagram& datagram);

struct Counters {
  std::array<std::uint64_t, reject_count> rejected{};  // by Reject
  std::uint64_t accepted = 0;
  // Of the accepted:
  std::uint64_t message_only_checksum = 0;  // v3 over IPv4
  std::uint64_t addresses_differ = 0;
  std::uint64_t interval_differs = 0;
  std::uint64_t first_not_link_local = 0;
  std::uint64_t is_unsigned = 0;
  std::uint64_t duplicate_owner = 0;
  std::uint64_t priority_zero = 0;

  void count(const tl::expected<Received, Rejected>& outcome);
  [[nodiscard]] std::uint64_t of(Reject reason) const {
    return rejected[static_cast<std::size_t>(reason)];
  }
};

}  // namespace redvip::vrrp

// Who has an address on the link, in either family: ARP for IPv4, neighbour discovery for IPv6.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/types.hpp"
#include "netlink/address.hpp"

namespace redvip::netlink {

// "I have this address", said by a machine on the link.
struct Claim {
  Mac mac{};
  IpAddress address;
  bool operator==(const Claim&) const = default;
};

using Frame = std::vector<std::uint8_t>;

// Tells the link that `vip` is at `mac` now (netlink/arp.hpp, netlink/ndisc.hpp). `router` is the
// advertisement's R flag, of which ARP has none.
[[nodiscard]] Frame announcement(Mac mac, IpAddress vip, bool router);
// Asks the link who has `wanted`; only who has it answers, and nobody learns anything.
[[nodiscard]] Frame probe(Mac mac, IpAddress wanted);
// nullopt for a frame that claims nothing, as for another's probe.
[[nodiscard]] std::optional<Claim> parse_claim(std::span<const std::uint8_t> frame);

}  // namespace redvip::netlink

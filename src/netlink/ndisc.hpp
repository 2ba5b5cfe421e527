// Neighbour discovery: what gratuitous ARP and the ARP probe are for IPv6 (RFC 4861 sections 4.3,
// 4.4 and 7, RFC 4862 section 5.4, RFC 9568 section 6.4.1). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/types.hpp"
#include "netlink/address.hpp"

namespace redvip::netlink {

// Ethernet and IPv6 header, ICMPv6 message, and for the advertisement its option: the MAC.
using SolicitationFrame = std::array<std::uint8_t, 78>;
using AdvertisementFrame = std::array<std::uint8_t, 86>;

struct NeighbourAdvertisement {
  Mac sender_mac{};  // from the option, or the Ethernet source where there is none
  IpAddress target;  // the address that the sender says is its own
  bool operator==(const NeighbourAdvertisement&) const = default;
};

// "`vip` is at `mac`, whatever you knew before": to all nodes, from the VIP, unsolicited, with
// override flag. `router`: the R flag, which RFC 9568 wants of a virtual router; who hears it of a
// host may take that for a default router.
[[nodiscard]] AdvertisementFrame unsolicited_advertisement(Mac mac, IpAddress vip, bool router);

// "Who has `wanted`?", asked from :: as duplicate address detection does, so that no cache changes.
[[nodiscard]] SolicitationFrame probing_solicitation(Mac mac, IpAddress wanted);

// Reads an untagged Ethernet frame; padding after the packet is ignored. nullopt for anything but a
// neighbour advertisement that passes all checks of RFC 4861 section 7.1.2.
[[nodiscard]] std::optional<NeighbourAdvertisement> parse_advertisement(
    std::span<const std::uint8_t> frame);

}  // namespace redvip::netlink

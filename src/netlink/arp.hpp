// Gratuitous ARP: the frame that tells a LAN where a VIP lives now (RFC 826, RFC 5227 section 3,
// RFC 9568 section 6.4.1), and the probe that asks whether it lives anywhere. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/types.hpp"
#include "netlink/address.hpp"

namespace redvip::netlink {

// An Ethernet header and an ARP packet. The driver pads it to the 60 bytes of the wire.
using ArpFrame = std::array<std::uint8_t, 42>;

// What an ARP packet, request or reply, says about its sender.
struct ArpAnnouncement {
  Mac sender_mac{};
  IpAddress sender_ip;  // 0.0.0.0 in a probe (RFC 5227 section 1.1)
  IpAddress target_ip;

  [[nodiscard]] bool gratuitous() const { return sender_ip == target_ip; }
  bool operator==(const ArpAnnouncement&) const = default;
};

// "`vip` is at `mac`": a broadcast request with sender and target protocol address both the VIP,
// and target hardware address ff:ff:ff:ff:ff:ff, byte for byte as keepalived and FRR send it.
[[nodiscard]] ArpFrame gratuitous_arp(Mac mac, IpAddress vip);

// "Who has `wanted`?", asked by nobody, so that no cache changes (RFC 5227 section 1.1).
[[nodiscard]] ArpFrame arp_probe(Mac mac, IpAddress wanted);

// Reads an untagged Ethernet frame; padding after the packet is ignored. nullopt for anything that
// is not a whole IPv4-over-Ethernet ARP request or reply.
[[nodiscard]] std::optional<ArpAnnouncement> parse_arp(std::span<const std::uint8_t> frame);

}  // namespace redvip::netlink

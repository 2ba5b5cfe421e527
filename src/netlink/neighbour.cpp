#include "netlink/neighbour.hpp"

#include "netlink/arp.hpp"
#include "netlink/ndisc.hpp"

namespace redvip::netlink {
namespace {

Frame copy(const auto& frame) {
  return {frame.begin(), frame.end()};
}

}  // namespace

Frame announcement(Mac mac, IpAddress vip, bool router) {
  return vip.is_v4() ? copy(gratuitous_arp(mac, vip))
                     : copy(unsolicited_advertisement(mac, vip, router));
}

Frame probe(Mac mac, IpAddress wanted) {
  return wanted.is_v4() ? copy(arp_probe(mac, wanted)) : copy(probing_solicitation(mac, wanted));
}

std::optional<Claim> parse_claim(std::span<const std::uint8_t> frame) {
  if (const auto arp = parse_arp(frame); arp && arp->sender_ip != IpAddress{}) {
    return Claim{arp->sender_mac, arp->sender_ip};
  }
  const auto advertised = parse_advertisement(frame);
  if (!advertised) return std::nullopt;
  return Claim{advertised->sender_mac, advertised->target};
}

}  // namespace redvip::netlink

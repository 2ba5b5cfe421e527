#include "conformance/wire.hpp"

namespace redvip::conformance {

Octets part(const Octets& octets, std::size_t from, std::size_t length) {
  const auto begin = octets.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

namespace {

int u16(const Octets& octets, std::size_t at) {
  return octets[at] << 8 | octets[at + 1];
}

// Only up to the total length: what follows is Ethernet padding.
std::optional<IpPacket> read_ipv4(const Octets& ip) {
  if (ip.size() < 20 || ip[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = std::size_t{4} * (ip[0] & 0xfU);
  const auto total = static_cast<std::size_t>(u16(ip, 2));
  if (header < 20 || total < header || total > ip.size()) return std::nullopt;
  IpPacket packet;
  packet.source = part(ip, 12, 4);
  packet.destination = part(ip, 16, 4);
  packet.protocol = ip[9];
  packet.hops = ip[8];
  packet.traffic_class = ip[1];
  packet.fragment = (u16(ip, 6) & 0x3fff) != 0;
  packet.payload = part(ip, header, total - header);
  return packet;
}

std::optional<IpPacket> read_ipv6(const Octets& ip) {
  if (ip.size() < 40 || ip[0] >> 4 != 6) return std::nullopt;
  const auto length = static_cast<std::size_t>(u16(ip, 4));
  if (40 + length > ip.size()) return std::nullopt;
  IpPacket packet;
  packet.source = part(ip, 8, 16);
  packet.destination = part(ip, 24, 16);
  packet.protocol = ip[6];
  packet.hops = ip[7];
  packet.traffic_class = (u16(ip, 0) >> 4) & 0xff;
  packet.payload = part(ip, 40, length);
  return packet;
}

bool sums_up(const IpPacket& ip, bool with_addresses) {
  const auto protocol = static_cast<std::uint8_t>(ip.protocol);
  const Octets before = with_addresses
                            ? pseudo_header(ip.source, ip.destination, protocol, ip.payload.size())
                            : Octets{};
  return internet_checksum(before + ip.payload) == 0;
}

bool advert_sums_up(const IpPacket& ip, int version) {
  if (ip.source.size() == 16) return sums_up(ip, true);
  return sums_up(ip, false) || (version == 3 && sums_up(ip, true));
}

}  // namespace

std::optional<IpPacket> read_ip(const Frame& frame) {
  if (frame.octets.size() < link_header) return std::nullopt;
  const Octets body = part(frame.octets, link_header, frame.octets.size() - link_header);
  const int type = u16(frame.octets, 12);
  auto packet = type == 0x0800   ? read_ipv4(body)
                : type == 0x86dd ? read_ipv6(body)
                                 : std::optional<IpPacket>{};
  if (!packet) return std::nullopt;
  packet->link_destination = part(frame.octets, 0, 6);
  packet->link_source = part(frame.octets, 6, 6);
  return packet;
}

std::optional<Advert> read_advert(const Frame& frame) {
  constexpr std::size_t ah_length = 24;
  auto ip = read_ip(frame);
  if (ip && ip->protocol == ah_protocol && ip->payload.size() > ah_length) {
    ip->protocol = ip->payload[0];
    ip->payload = part(ip->payload, ah_length, ip->payload.size() - ah_length);
  }
  if (!ip || ip->protocol != vrrp_protocol || ip->payload.size() < 8) return std::nullopt;
  const Octets& text = ip->payload;
  Advert advert;
  advert.at = frame.at;
  advert.ip = *ip;
  advert.version = text[0] >> 4;
  advert.type = text[0] & 0xf;
  advert.vrid = text[1];
  advert.priority = text[2];
  advert.count = text[3];
  if (advert.version == 2) {
    advert.auth_type = text[4];
    advert.interval = text[5];
  } else {
    advert.reserve = text[4] >> 4;
    advert.interval = u16(text, 4) & 0xfff;
  }
  advert.checksum_right = advert_sums_up(*ip, advert.version);
  return advert;
}

std::optional<Arp> read_arp(const Frame& frame) {
  const Octets& all = frame.octets;
  if (all.size() < link_header + 28 || u16(all, 12) != 0x0806) return std::nullopt;
  Arp arp;
  arp.at = frame.at;
  arp.link_destination = part(all, 0, 6);
  arp.link_source = part(all, 6, 6);
  arp.operation = u16(all, link_header + 6);
  arp.sender_mac = part(all, link_header + 8, 6);
  arp.sender = part(all, link_header + 14, 4);
  arp.target_mac = part(all, link_header + 18, 6);
  arp.target = part(all, link_header + 24, 4);
  return arp;
}

std::optional<NeighbourAdvert> read_neighbour_advert(const Frame& frame) {
  const auto ip = read_ip(frame);
  if (!ip || ip->protocol != 58 || ip->payload.size() < 24) return std::nullopt;
  const Octets& text = ip->payload;
  if (text[0] != 136) return std::nullopt;
  NeighbourAdvert advert;
  advert.at = frame.at;
  advert.ip = *ip;
  advert.router = (text[4] & 0x80) != 0;
  advert.solicited = (text[4] & 0x40) != 0;
  advert.override = (text[4] & 0x20) != 0;
  advert.target = part(text, 8, 16);
  if (text.size() >= 32 && text[24] == 2) advert.target_mac = part(text, 26, 6);
  advert.checksum_right = sums_up(*ip, true);
  return advert;
}

std::optional<Octets> read_echo_reply(const Frame& frame) {
  const auto ip = read_ip(frame);
  if (!ip || ip->payload.empty()) return std::nullopt;
  const int type = ip->payload[0];
  const bool reply = (ip->protocol == 1 && type == 0) || (ip->protocol == 58 && type == 129);
  return reply ? std::optional{ip->source} : std::nullopt;
}

}  // namespace redvip::conformance

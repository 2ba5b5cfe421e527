#include "netlink/arp.hpp"

#include <algorithm>

#include "netlink/ethernet.hpp"

namespace redvip::netlink {
namespace {

// Offsets into the frame, behind the Ethernet header: RFC 826.
constexpr std::size_t operation = 20;
constexpr std::size_t sender_hardware = 22;
constexpr std::size_t sender_protocol = 28;
constexpr std::size_t target_hardware = 32;
constexpr std::size_t target_protocol = 38;

// EtherType ARP, hardware Ethernet, protocol IPv4, address lengths 6 and 4.
constexpr std::array<std::uint8_t, 8> arp_over_ethernet{0x08, 0x06, 0x00, 0x01,
                                                        0x08, 0x00, 0x06, 0x04};
constexpr Mac broadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr std::uint8_t request = 1;
constexpr std::uint8_t reply = 2;

void write(ArpFrame& frame, std::size_t offset, const auto& bytes) {
  std::copy(bytes.begin(), bytes.end(), frame.data() + offset);
}

IpAddress read_ipv4(std::span<const std::uint8_t> frame, std::size_t offset) {
  std::uint32_t value = 0;
  for (const auto byte : frame.subspan(offset, 4)) value = (value << 8) | byte;
  return IpAddress{value};
}

// From 0.0.0.0, and with no hardware address asked for.
ArpFrame request_for(Mac mac, IpAddress target) {
  ArpFrame frame{};
  write(frame, 0, broadcast);
  write(frame, ethernet_source, mac);
  write(frame, ethernet_type, arp_over_ethernet);
  frame[operation + 1] = request;
  write(frame, sender_hardware, mac);
  write(frame, target_protocol, target.octets());
  return frame;
}

}  // namespace

ArpFrame gratuitous_arp(Mac mac, IpAddress vip) {
  auto frame = request_for(mac, vip);
  write(frame, sender_protocol, vip.octets());
  write(frame, target_hardware, broadcast);
  return frame;
}

ArpFrame arp_probe(Mac mac, IpAddress wanted) {
  return request_for(mac, wanted);
}

std::optional<ArpAnnouncement> parse_arp(std::span<const std::uint8_t> frame) {
  if (frame.size() < std::tuple_size_v<ArpFrame>) return std::nullopt;
  const auto header = frame.subspan(ethernet_type, arp_over_ethernet.size());
  if (!std::equal(header.begin(), header.end(), arp_over_ethernet.begin())) return std::nullopt;
  const auto code = frame[operation + 1];
  if (frame[operation] != 0 || (code != request && code != reply)) return std::nullopt;

  ArpAnnouncement heard;
  const auto mac = frame.subspan(sender_hardware, heard.sender_mac.size());
  std::copy(mac.begin(), mac.end(), heard.sender_mac.begin());
  heard.sender_ip = read_ipv4(frame, sender_protocol);
  heard.target_ip = read_ipv4(frame, target_protocol);
  return heard;
}

}  // namespace redvip::netlink

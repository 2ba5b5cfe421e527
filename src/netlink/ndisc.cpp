#include "netlink/ndisc.hpp"

#include <algorithm>

#include "netlink/ethernet.hpp"

namespace redvip::netlink {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Offsets into the frame, behind the Ethernet header: IPv6 (RFC 8200), ICMPv6 (RFC 4443), then the message.
constexpr std::size_t version = 14;
constexpr std::size_t payload_length = 18;
constexpr std::size_t next_header = 20;
constexpr std::size_t hop_limit = 21;
constexpr std::size_t ip_source = 22;
constexpr std::size_t ip_destination = 38;
constexpr std::size_t icmp = 54;
constexpr std::size_t checksum = 56;
constexpr std::size_t flags = 58;
constexpr std::size_t target = 62;
constexpr std::size_t options = 78;

constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t solicitation = 135;
constexpr std::uint8_t advertisement = 136;
constexpr std::uint8_t router_flag = 0x80;
constexpr std::uint8_t solicited_flag = 0x40;
constexpr std::uint8_t override_flag = 0x20;
constexpr std::array<std::uint8_t, 2> target_mac_option{2, 1};  // its length in units of 8 bytes

constexpr IpAddress::V6 all_nodes{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// ff02::1:ffXX:XXXX, RFC 4291 section 2.7.1
IpAddress::V6 solicited_node(IpAddress address) {
  IpAddress::V6 group{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
  const auto last = address.octets().last(3);
  std::copy(last.begin(), last.end(), group.end() - 3);
  return group;
}

std::size_t word_at(Bytes bytes, std::size_t offset) {
  return std::size_t{bytes[offset]} << 8 | bytes[offset + 1];
}

// RFC 1071, folded, over whole 16-bit words; 0xffff where a sum that is in there is right.
std::size_t sum(Bytes bytes, std::size_t start) {
  std::size_t total = start;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) total += word_at(bytes, i);
  if (bytes.size() % 2 != 0) total += std::size_t{bytes.back()} << 8;
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return total;
}

// Over the pseudo-header (RFC 8200 section 8.1) and the message.
std::size_t icmp_sum(Bytes frame, std::size_t length) {
  const auto addresses = frame.subspan(ip_source, icmp - ip_source);
  return sum(frame.subspan(icmp, length), sum(addresses, length + icmpv6));
}

void write(std::span<std::uint8_t> frame, std::size_t offset, const auto& bytes) {
  std::copy(bytes.begin(), bytes.end(), frame.begin() + static_cast<std::ptrdiff_t>(offset));
}

// All but source and flags and options, which the caller has written, and the checksum of it all.
void complete(std::span<std::uint8_t> frame, Mac mac, std::uint8_t type,
              const IpAddress::V6& destination, IpAddress about) {
  const auto length = frame.size() - icmp;
  const std::array<std::uint8_t, 2> ipv6{0x86, 0xdd};
  // RFC 2464 section 7
  const Mac group{0x33, 0x33, destination[12], destination[13], destination[14], destination[15]};
  write(frame, 0, group);
  write(frame, ethernet_source, mac);
  write(frame, ethernet_type, ipv6);
  frame[version] = 0x60;
  frame[payload_length + 1] = static_cast<std::uint8_t>(length);
  frame[next_header] = icmpv6;
  frame[hop_limit] = 255;
  write(frame, ip_destination, destination);
  frame[icmp] = type;
  write(frame, target, about.octets());
  const auto complement = 0xffff - icmp_sum(frame, length);
  frame[checksum] = static_cast<std::uint8_t>(complement >> 8);
  frame[checksum + 1] = static_cast<std::uint8_t>(complement);
}

bool is_advertisement(Bytes frame) {
  return word_at(frame, ethernet_type) == 0x86dd && frame[version] >> 4 == 6 &&
         frame[next_header] == icmpv6 && frame[hop_limit] == 255 && frame[icmp] == advertisement &&
         frame[icmp + 1] == 0;
}

IpAddress read_ipv6(Bytes frame, std::size_t offset) {
  IpAddress::V6 octets{};
  const auto bytes = frame.subspan(offset, octets.size());
  std::copy(bytes.begin(), bytes.end(), octets.begin());
  return IpAddress{octets};
}

Mac read_mac(Bytes frame, std::size_t offset) {
  Mac mac{};
  const auto bytes = frame.subspan(offset, mac.size());
  std::copy(bytes.begin(), bytes.end(), mac.begin());
  return mac;
}

// The MAC that the options name, else `fallback`; nullopt where one has no length or is cut off.
std::optional<Mac> mac_of(Bytes list, Mac fallback) {
  while (!list.empty()) {
    const std::size_t size = list.size() < 2 ? 0 : std::size_t{8} * list[1];
    if (size == 0 || size > list.size()) return std::nullopt;
    if (std::equal(target_mac_option.begin(), target_mac_option.end(), list.begin())) {
      fallback = read_mac(list, target_mac_option.size());
    }
    list = list.subspan(size);
  }
  return fallback;
}

}  // namespace

AdvertisementFrame unsolicited_advertisement(Mac mac, IpAddress vip, bool router) {
  AdvertisementFrame frame{};
  write(frame, ip_source, vip.octets());
  frame[flags] = router ? router_flag | override_flag : override_flag;
  write(frame, options, target_mac_option);
  write(frame, options + target_mac_option.size(), mac);
  complete(frame, mac, advertisement, all_nodes, vip);
  return frame;
}

SolicitationFrame probing_solicitation(Mac mac, IpAddress wanted) {
  SolicitationFrame frame{};
  complete(frame, mac, solicitation, solicited_node(wanted), wanted);
  return frame;
}

std::optional<NeighbourAdvertisement> parse_advertisement(Bytes frame) {
  if (frame.size() < options || !is_advertisement(frame)) return std::nullopt;
  const auto length = word_at(frame, payload_length);
  if (length < options - icmp || length > frame.size() - icmp) return std::nullopt;
  if (icmp_sum(frame, length) != 0xffff) return std::nullopt;

  const auto about = read_ipv6(frame, target);
  const bool to_many = frame[ip_destination] == 0xff;
  const bool solicited = (frame[flags] & solicited_flag) != 0;
  if (about.multicast() || (to_many && solicited)) return std::nullopt;
  const auto list = frame.subspan(options, length - (options - icmp));
  const auto mac = mac_of(list, read_mac(frame, ethernet_source));
  return mac ? std::optional{NeighbourAdvertisement{*mac, about}} : std::nullopt;
}

}  // namespace redvip::netlink

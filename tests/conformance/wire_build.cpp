#include <arpa/inet.h>

#include <cctype>

#include "conformance/wire.hpp"
#include "lab/command.hpp"

namespace redvip::conformance {
namespace {

constexpr std::uint16_t ipv4_type = 0x0800;
constexpr std::uint16_t ipv6_type = 0x86dd;
constexpr std::uint16_t arp_type = 0x0806;
constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t internetwork_control = 0xc0;

Octets u16(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::uint8_t octet(int value) {
  return static_cast<std::uint8_t>(value);
}

void put_u16(Octets& octets, std::size_t at, std::uint16_t value) {
  octets[at] = static_cast<std::uint8_t>(value >> 8);
  octets[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t type_of(const Octets& ip_address) {
  return ip_address.size() == 4 ? ipv4_type : ipv6_type;
}

bool covers_addresses(const Stimulus& stimulus) {
  if (stimulus.source.size() == 16) return true;
  return stimulus.version == 3 && stimulus.sum == Sum::pseudo_header;
}

Octets icmpv6_message(const Octets& source, const Octets& destination, Octets body) {
  const Octets covered = pseudo_header(source, destination, icmpv6, body.size()) + body;
  put_u16(body, 2, internet_checksum(covered));
  return body;
}

}  // namespace

Octets address(const std::string& text) {
  const std::string plain = text.substr(0, text.find('/'));
  const bool v6 = plain.find(':') != std::string::npos;
  Octets octets(v6 ? 16 : 4);
  if (::inet_pton(v6 ? AF_INET6 : AF_INET, plain.c_str(), octets.data()) != 1) {
    throw lab::LabError{"no address: " + text};
  }
  return octets;
}

Octets hex(const std::string& digits) {
  Octets octets;
  std::string pair;
  for (const char c : digits) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) continue;
    pair += c;
    if (pair.size() < 2) continue;
    octets.push_back(static_cast<std::uint8_t>(std::stoi(pair, nullptr, 16)));
    pair.clear();
  }
  return octets;
}

Octets mac(const std::string& text) {
  return hex(text);
}

std::string to_hex(const Octets& octets) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t value : octets) {
    text += digits[value >> 4];
    text += digits[value & 0xf];
  }
  return text;
}

Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::uint16_t internet_checksum(const Octets& octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    sum += std::uint32_t{octets[i]} << (i % 2 == 0 ? 8 : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

Octets pseudo_header(const Octets& source, const Octets& destination, std::uint8_t protocol,
                     std::size_t length) {
  const Octets addresses = source + destination;
  if (source.size() == 4) return addresses + Octets{0, protocol} + u16(length);
  return addresses + Octets{0, 0} + u16(length) + Octets{0, 0, 0, protocol};
}

Octets message(const Stimulus& s) {
  const auto count = octet(s.count.value_or(static_cast<int>(s.addresses.size())));
  Octets text{octet(s.version << 4 | s.type), octet(s.vrid), octet(s.priority), count};
  text = text + (s.version == 2 ? Octets{octet(s.auth_type), octet(s.interval)}
                                : u16(static_cast<std::size_t>(s.reserve << 12 | s.interval)));
  text = text + Octets{0, 0};
  for (const Octets& ip : s.addresses) text = text + ip;
  if (s.version == 2) text = text + s.auth_data;
  if (s.length) text.resize(*s.length, 0xa5);
  if (text.size() < 8) return text;  // cut before its checksum
  const Octets before = covers_addresses(s)
                            ? pseudo_header(s.source, s.destination, vrrp_protocol, text.size())
                            : Octets{};
  const std::uint16_t right = internet_checksum(before + text);
  put_u16(text, 6, static_cast<std::uint16_t>(s.checksum.value_or(right) + s.checksum_error));
  return text;
}

Octets ethernet(const Octets& to, const Octets& from, std::uint16_t type, const Octets& payload) {
  return to + from + u16(type) + payload;
}

Octets ip_packet(const Octets& source, const Octets& destination, std::uint8_t protocol, int hops,
                 const Octets& payload, const Octets& options) {
  if (source.size() == 16) {
    return Octets{0x6c, 0, 0, 0} + u16(payload.size()) + Octets{protocol, octet(hops)} + source +
           destination + payload;
  }
  const std::size_t header = 20 + options.size();
  Octets ip = Octets{octet(static_cast<int>(0x40 | header / 4)), internetwork_control} +
              u16(header + payload.size()) + Octets{0, 1, 0, 0, octet(hops), protocol, 0, 0} +
              source + destination + options;
  put_u16(ip, 10, internet_checksum(ip));
  return ip + payload;
}

Octets frame(const Stimulus& s) {
  Octets whole =
      ethernet(s.link_destination, s.link_source, type_of(s.source),
               ip_packet(s.source, s.destination, vrrp_protocol, s.hops, message(s), s.options));
  if (whole.size() < s.padded_to) whole.resize(s.padded_to, 0);
  return whole;
}

Octets arp_request(const Octets& from, const Octets& sender, const Octets& target) {
  constexpr std::uint8_t request = 1;
  return ethernet(Octets(6, 0xff), from, arp_type,
                  Octets{0, 1, 8, 0, 6, 4, 0, request} + from + sender + Octets(6, 0) + target);
}

// RFC 4861 section 4.3, to the target's solicited-node group.
Octets neighbour_solicitation(const Octets& from, const Octets& sender, const Octets& target) {
  const Octets low(target.end() - 3, target.end());
  const Octets group = address("ff02::1:ff00:0");
  const Octets destination = Octets(group.begin(), group.end() - 3) + low;
  const Octets body = Octets{135, 0, 0, 0, 0, 0, 0, 0} + target + Octets{1, 1} + from;
  return ethernet(
      Octets{0x33, 0x33, 0xff} + low, from, ipv6_type,
      ip_packet(sender, destination, icmpv6, 255, icmpv6_message(sender, destination, body)));
}

Octets echo_request(const Octets& to, const Octets& from, const Octets& source,
                    const Octets& destination) {
  const bool v6 = source.size() == 16;
  Octets body = Octets{octet(v6 ? 128 : 8), 0, 0, 0, 0x52, 0x56, 0, 1} + Octets(16, 0x2a);
  if (v6) {
    body = icmpv6_message(source, destination, body);
  } else {
    put_u16(body, 2, internet_checksum(body));
  }
  return ethernet(to, from, type_of(source),
                  ip_packet(source, destination, v6 ? icmpv6 : icmp, 64, body));
}

}  // namespace redvip::conformance

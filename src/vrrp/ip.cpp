#include "vrrp/ip.hpp"

#include <cassert>

#include "vrrp/packet.hpp"

namespace redvip::vrrp {
namespace {

constexpr std::size_t ipv4_header_length = 20;  // without options
constexpr std::uint8_t traffic_class = 0xC0;

std::optional<IpPacket> decode_ipv4(OctetView packet) {
  if (packet.size() < ipv4_header_length || packet[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = std::size_t{4} * (packet[0] & 0x0F);
  const std::size_t total = read_u16(packet, 2);
  if (header < ipv4_header_length || total < header || total > packet.size()) return std::nullopt;
  return IpPacket{IpAddress{read_u32(packet, 12)},
                  IpAddress{read_u32(packet, 16)},
                  packet[8],
                  packet[9],
                  packet.subspan(header, total - header),
                  packet.first(total)};
}

Octets encode_ipv4_header(std::uint8_t protocol, std::uint16_t identification, std::size_t length) {
  Octets header{4 << 4 | ipv4_header_length / 4, traffic_class};
  append_u16(header, static_cast<std::uint16_t>(ipv4_header_length + length));
  append_u16(header, identification);
  append_u16(header, 0);  // flags and fragment offset: DF is clear, as keepalived sends
  header.push_back(time_to_live);
  header.push_back(protocol);
  append_u16(header, 0);
  return header;
}

Octets encode_ipv6_header(std::uint8_t protocol, std::size_t length) {
  Octets header;
  append_u32(header, std::uint32_t{6} << 28 | std::uint32_t{traffic_class} << 20);
  append_u16(header, static_cast<std::uint16_t>(length));
  header.push_back(protocol);
  header.push_back(time_to_live);
  return header;
}

}  // namespace

std::optional<IpPacket> decode_ip(const Datagram& datagram) {
  if (!datagram.ipv6) return decode_ipv4(datagram.octets);
  const auto& header = *datagram.ipv6;
  return IpPacket{header.source,   header.destination, header.hop_limit,
                  protocol_number, datagram.octets,    {}};
}

Octets encode_ip(const IpRoute& route, std::uint8_t protocol, std::uint16_t identification,
                 OctetView payload) {
  assert(route.source.family() == route.destination.family());
  auto packet = route.source.is_v4() ? encode_ipv4_header(protocol, identification, payload.size())
                                     : encode_ipv6_header(protocol, payload.size());
  append(packet, route.source.octets());
  append(packet, route.destination.octets());
  append(packet, payload);
  return packet;
}

}  // namespace redvip::vrrp

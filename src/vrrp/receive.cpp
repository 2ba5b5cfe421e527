#include "vrrp/receive.hpp"

#include <algorithm>
#include <optional>

namespace redvip::vrrp {
namespace {

std::uint32_t read_u16(std::span<const std::uint8_t> octets, std::size_t at) {
  return std::uint32_t{octets[at]} << 8 | octets[at + 1];
}

Ipv4 read_address(std::span<const std::uint8_t> octets, std::size_t at) {
  return Ipv4{read_u16(octets, at) << 16 | read_u16(octets, at + 2)};
}

struct IpPacket {
  std::uint8_t ttl;
  Ipv4 source;
  Ipv4 destination;
  std::span<const std::uint8_t> message;  // at least header_length octets
};

// RFC 791 section 3.1. Whatever follows the total length (Ethernet padding) is not the packet's.
std::optional<IpPacket> parse_ip(std::span<const std::uint8_t> packet) {
  constexpr std::size_t least_header = 20;
  if (packet.size() < least_header || packet[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = std::size_t{4} * (packet[0] & 0x0F);
  const std::size_t total = read_u16(packet, 2);
  if (header < least_header || total < header + header_length || total > packet.size()) {
    return std::nullopt;
  }
  return IpPacket{packet[8], read_address(packet, 12), read_address(packet, 16),
                  packet.subspan(header, total - header)};
}

std::optional<Reject> check_ip(const IpPacket& ip, const Expectation& expected) {
  if (ip.source == expected.self) return Reject::own_packet;
  // Unicast peers may be a routed hop away (keepalived does not check either).
  if (!expected.unicast && ip.ttl != time_to_live) return Reject::ip_ttl;
  if (ip.destination != (expected.unicast ? expected.self : multicast_group)) {
    return Reject::destination;
  }
  return std::nullopt;
}

std::optional<ChecksumForm> intact_as(const IpPacket& ip) {
  for (const auto form : {ChecksumForm::pseudo_header, ChecksumForm::message_only}) {
    if (checksum(ip.message, form, ip.source, ip.destination) == 0) return form;
  }
  return std::nullopt;
}

Centiseconds max_advert_interval(std::span<const std::uint8_t> message) {
  return Centiseconds{read_u16(message, 4) & 0x0FFF};  // the reserved bits are ignored
}

std::optional<Reject> check_message(const IpPacket& ip, const Expectation& expected) {
  const auto message = ip.message;
  if (message[0] >> 4 != protocol_version) return Reject::version;
  if ((message[0] & 0x0F) != advertisement_type) return Reject::type;
  if (message[1] != expected.vrid.value()) return Reject::vrid;
  if (std::ranges::count(expected.peers, ip.source) == 0) return Reject::unknown_source;
  // Exactly, as keepalived and FRR demand too: 7.1 asks for "the complete packet", but a message
  // with a trailer is another format, of which we would understand only a part.
  if (message.size() != header_length + std::size_t{4} * message[3]) return Reject::packet_length;
  if (!intact_as(ip)) return Reject::checksum;
  if (message[3] == 0) return Reject::count_zero;
  if (max_advert_interval(message) == Centiseconds{0}) return Reject::interval_zero;
  return std::nullopt;
}

Advertisement parse(std::span<const std::uint8_t> message) {
  Advertisement advertisement{
      Vrid::of(message[1]), Priority::of(message[2]), max_advert_interval(message), {}};
  for (std::size_t at = header_length; at < message.size(); at += 4) {
    advertisement.addresses.push_back(read_address(message, at));
  }
  return advertisement;
}

bool same_set(std::vector<Ipv4> left, std::vector<Ipv4> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  return left == right;
}

}  // namespace

std::string_view name(Reject reason) {
  switch (reason) {
    case Reject::packet_length:
      return "packet-length-error";
    case Reject::own_packet:
      return "own-packet";
    case Reject::ip_ttl:
      return "ip-ttl-error";
    case Reject::destination:
      return "destination-error";
    case Reject::version:
      return "version-error";
    case Reject::type:
      return "invalid-type";
    case Reject::vrid:
      return "vrid-error";
    case Reject::unknown_source:
      return "unknown-source";
    case Reject::checksum:
      return "checksum-error";
    case Reject::count_zero:
      return "address-count-zero";
    case Reject::interval_zero:
      return "interval-zero";
  }
  return {};
}

tl::expected<Received, Reject> receive(std::span<const std::uint8_t> packet,
                                       const Expectation& expected) {
  const auto ip = parse_ip(packet);
  if (!ip) return tl::unexpected(Reject::packet_length);
  if (const auto reason = check_ip(*ip, expected)) return tl::unexpected(*reason);
  if (const auto reason = check_message(*ip, expected)) return tl::unexpected(*reason);

  Received received{parse(ip->message), ip->source, *intact_as(*ip)};
  const auto& advertisement = received.advertisement;
  received.addresses_differ = !same_set(advertisement.addresses, expected.addresses);
  received.interval_differs = advertisement.max_advert_interval != expected.interval;
  return received;
}

void Counters::count(const tl::expected<Received, Reject>& outcome) {
  if (!outcome) {
    ++rejected[static_cast<std::size_t>(outcome.error())];
    return;
  }
  ++accepted;
  if (outcome->checksum_form == ChecksumForm::message_only) ++message_only_checksum;
  if (outcome->addresses_differ) ++addresses_differ;
  if (outcome->interval_differs) ++interval_differs;
}

}  // namespace redvip::vrrp

// Octets for the tests: written as hexadecimal, wrapped in an IP header, sealed with a checksum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "vrrp/ip.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp::wire {

// Blanks are for the reader.
inline Octets octets(std::string_view hexadecimal) {
  std::string digits;
  for (const char c : hexadecimal) {
    if (c != ' ') digits += c;
  }
  Octets result;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    result.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return result;
}

inline IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}

const IpAddress group4 = multicast_group(Family::ipv4);
const IpAddress group6 = multicast_group(Family::ipv6);

struct IpHeader {
  IpAddress source = ip("10.0.0.5");
  IpAddress destination = group4;
  std::uint8_t ttl = 255;
  std::size_t option_octets = 0;  // a multiple of 4, 0..40
  std::uint8_t protocol = protocol_number;
};

inline Octets with_header(const Octets& message, const IpHeader& header = {}) {
  const std::size_t length = 20 + header.option_octets;
  Octets packet(length, 0);
  packet[0] = static_cast<std::uint8_t>(0x40 | length / 4);
  packet[1] = 0xC0;
  write_u16(packet, 2, static_cast<std::uint16_t>(length + message.size()));
  packet[8] = header.ttl;
  packet[9] = header.protocol;
  std::copy_n(header.source.octets().begin(), 4, packet.begin() + 12);
  std::copy_n(header.destination.octets().begin(), 4, packet.begin() + 16);
  append(packet, message);
  return packet;
}

// Gives a message that was changed a valid checksum again, so that only the change is wrong.
inline Octets sealed(Octets message, const IpHeader& header = {},
                     ChecksumForm form = ChecksumForm::pseudo_header) {
  write_u16(message, checksum_offset, 0);
  write_u16(message, checksum_offset, checksum(message, form, header.source, header.destination));
  return message;
}

inline Octets sealed_v2(Octets message) {
  return sealed(std::move(message), {}, ChecksumForm::message_only);
}

inline Octets changed(Octets octets, std::size_t at, std::uint8_t value) {
  octets.at(at) = value;
  return octets;
}

inline Octets resized(Octets octets, std::size_t length) {
  octets.resize(length);
  return octets;
}

}  // namespace redvip::vrrp::wire

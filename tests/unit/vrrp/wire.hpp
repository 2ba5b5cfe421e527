// Octets for the tests: written as hexadecimal, wrapped in an IPv4 header, sealed with a checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vrrp/packet.hpp"

namespace redvip::vrrp::wire {

using Octets = std::vector<std::uint8_t>;

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

inline Ipv4 ip(std::string_view text) {
  return Ipv4::parse(text).value();
}

struct IpHeader {
  Ipv4 source = ip("10.0.0.5");
  Ipv4 destination = multicast_group;
  std::uint8_t ttl = 255;
  std::size_t option_octets = 0;  // a multiple of 4, 0..40
};

inline Octets with_header(const Octets& message, const IpHeader& header = {}) {
  const std::size_t length = 20 + header.option_octets;
  const std::size_t total = length + message.size();
  Octets packet(length, 0);
  packet[0] = static_cast<std::uint8_t>(0x40 | length / 4);
  packet[1] = 0xC0;
  packet[2] = static_cast<std::uint8_t>(total >> 8);
  packet[3] = static_cast<std::uint8_t>(total);
  packet[8] = header.ttl;
  packet[9] = protocol_number;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto shift = 24 - 8 * i;
    packet[12 + i] = static_cast<std::uint8_t>(header.source.value() >> shift);
    packet[16 + i] = static_cast<std::uint8_t>(header.destination.value() >> shift);
  }
  packet.insert(packet.end(), message.begin(), message.end());
  return packet;
}

// Gives a message that was changed a valid checksum again, so that only the change is wrong.
inline Octets sealed(Octets message, const IpHeader& header = {},
                     ChecksumForm form = ChecksumForm::pseudo_header) {
  message[6] = message[7] = 0;
  const auto sum = checksum(message, form, header.source, header.destination);
  message[6] = static_cast<std::uint8_t>(sum >> 8);
  message[7] = static_cast<std::uint8_t>(sum);
  return message;
}

}  // namespace redvip::vrrp::wire

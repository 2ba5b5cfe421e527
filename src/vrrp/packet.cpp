#include "vrrp/packet.hpp"

#include <cassert>

namespace redvip::vrrp {
namespace {

constexpr std::size_t checksum_offset = 6;

std::uint32_t sum_of_words(Ipv4 address) {
  return (address.value() >> 16) + (address.value() & 0xFFFF);
}

// Octets in pairs, the first of a pair being the high one. A last odd octet is padded with zero.
std::uint32_t sum_of_words(std::span<const std::uint8_t> octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    sum += i % 2 == 0 ? std::uint32_t{octets[i]} << 8 : octets[i];
  }
  return sum;
}

void append_u16(std::vector<std::uint8_t>& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_address(std::vector<std::uint8_t>& out, Ipv4 address) {
  append_u16(out, address.value() >> 16);
  append_u16(out, address.value());
}

}  // namespace

std::uint16_t checksum(std::span<const std::uint8_t> message, ChecksumForm form, Ipv4 source,
                       Ipv4 destination) {
  std::uint32_t sum = sum_of_words(message);
  if (form == ChecksumForm::pseudo_header) {
    sum += sum_of_words(source) + sum_of_words(destination) + protocol_number +
           static_cast<std::uint32_t>(message.size());
  }
  while (sum > 0xFFFF) sum = (sum >> 16) + (sum & 0xFFFF);
  return static_cast<std::uint16_t>(~sum);
}

std::vector<std::uint8_t> encode(const Advertisement& advertisement, Ipv4 source,
                                 Ipv4 destination) {
  const auto count = advertisement.addresses.size();
  const auto interval = advertisement.max_advert_interval.count();
  assert(count >= 1 && count <= 255);
  assert(interval >= 1 && interval <= 4095);

  std::vector<std::uint8_t> message{protocol_version << 4 | advertisement_type,
                                    advertisement.vrid.value(), advertisement.priority.value(),
                                    static_cast<std::uint8_t>(count)};
  message.reserve(header_length + 4 * count);
  append_u16(message, static_cast<std::uint32_t>(interval));
  append_u16(message, 0);
  for (const Ipv4 address : advertisement.addresses) append_address(message, address);

  const auto sum = checksum(message, ChecksumForm::pseudo_header, source, destination);
  message[checksum_offset] = static_cast<std::uint8_t>(sum >> 8);
  message[checksum_offset + 1] = static_cast<std::uint8_t>(sum);
  return message;
}

}  // namespace redvip::vrrp

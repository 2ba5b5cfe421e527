#include "vrrp/packet.hpp"

#include <algorithm>
#include <cassert>

namespace redvip::vrrp {
namespace {

constexpr std::size_t address_length(Family family) {
  return family == Family::ipv4 ? 4 : 16;
}

// Octets in pairs, the first of a pair being the high one. A last odd octet is padded with zero.
std::uint32_t sum_of_words(OctetView octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    sum += i % 2 == 0 ? std::uint32_t{octets[i]} << 8 : octets[i];
  }
  return sum;
}

IpAddress read_address(OctetView octets, Family family) {
  if (family == Family::ipv4) return IpAddress{read_u32(octets, 0)};
  IpAddress::V6 address{};
  std::copy_n(octets.begin(), address.size(), address.begin());
  return IpAddress{address};
}

[[maybe_unused]] bool within_ranges(const Advertisement& advertisement) {
  const auto interval = advertisement.max_advert_interval.count();
  const auto& addresses = advertisement.addresses;
  if (addresses.empty() || addresses.size() > 255) return false;
  const auto family = addresses.front().family();
  if (std::ranges::any_of(addresses, [&](auto it) { return it.family() != family; })) return false;
  if (advertisement.version == Version::v3) return interval >= 1 && interval <= 4095;
  return family == Family::ipv4 && interval % 100 == 0 && interval >= 100 && interval <= 25500;
}

}  // namespace

std::size_t message_length(Version version, Family family, std::size_t count) {
  return header_length + count * address_length(family) +
         (version == Version::v2 ? authentication_data_length : 0);
}

std::uint16_t checksum(OctetView message, ChecksumForm form, IpAddress source,
                       IpAddress destination) {
  std::uint32_t sum = sum_of_words(message);
  if (form == ChecksumForm::pseudo_header) {
    sum += sum_of_words(source.octets()) + sum_of_words(destination.octets()) + protocol_number +
           static_cast<std::uint32_t>(message.size());
  }
  while (sum > 0xFFFF) sum = (sum >> 16) + (sum & 0xFFFF);
  return static_cast<std::uint16_t>(~sum);
}

Octets encode_message(const Advertisement& advertisement, const V2Authentication& authentication) {
  assert(within_ranges(advertisement));
  const auto version = advertisement.version;
  const auto interval = advertisement.max_advert_interval.count();
  Octets message{
      static_cast<std::uint8_t>(static_cast<unsigned>(version) << 4 | advertisement_type),
      advertisement.vrid.value(), advertisement.priority.value(),
      static_cast<std::uint8_t>(advertisement.addresses.size())};
  if (version == Version::v2) {
    message.push_back(authentication.type);
    message.push_back(static_cast<std::uint8_t>(interval / 100));
  } else {
    append_u16(message, static_cast<std::uint16_t>(interval));
  }
  append_u16(message, 0);
  for (const IpAddress& address : advertisement.addresses) append(message, address.octets());
  if (version == Version::v2) append(message, authentication.data);
  return message;
}

Advertisement decode_message(OctetView message, Family family) {
  const auto version = static_cast<Version>(message[0] >> 4);
  const Centiseconds interval =
      version == Version::v2 ? Seconds{message[5]} : Centiseconds{read_u16(message, 4) & 0xFFF};
  Advertisement advertisement{
      version, Vrid::of(message[1]), Priority::of(message[2]), interval, {}};
  const auto length = address_length(family);
  const std::size_t count = message[3];
  assert(message.size() == message_length(version, family, count));
  for (std::size_t i = 0; i < count; ++i) {
    advertisement.addresses.push_back(
        read_address(message.subspan(header_length + i * length, length), family));
  }
  return advertisement;
}

}  // namespace redvip::vrrp

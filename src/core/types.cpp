#include "core/types.hpp"

#include <arpa/inet.h>

#include <cassert>
#include <charconv>
#include <cstring>

namespace redvip {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// inet_pton(3) for IPv4 is strict too: four decimal parts. A short form would be "0127.1".
std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string whole{text};
  if (whole.size() != std::strlen(whole.c_str())) return std::nullopt;
  V6 octets{};
  if (::inet_pton(AF_INET6, whole.c_str(), octets.data()) == 1) return IpAddress{octets};
  if (::inet_pton(AF_INET, whole.c_str(), octets.data()) != 1) return std::nullopt;
  IpAddress result;
  result.octets_ = octets;
  return result;
}

std::uint32_t IpAddress::v4() const {
  assert(is_v4());
  return std::uint32_t{octets_[0]} << 24 | std::uint32_t{octets_[1]} << 16 |
         std::uint32_t{octets_[2]} << 8 | octets_[3];
}

const IpAddress::V6& IpAddress::v6() const {
  assert(!is_v4());
  return octets_;
}

bool IpAddress::link_local() const {
  if (is_v4()) return octets_[0] == 169 && octets_[1] == 254;
  return octets_[0] == 0xFE && (octets_[1] & 0xC0) == 0x80;
}

bool IpAddress::multicast() const {
  return is_v4() ? octets_[0] >> 4 == 0xE : octets_[0] == 0xFF;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
  return text.data();
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const auto length = parse_integer(text.substr(slash + 1));
  if (!address || !length || *length < 0) return std::nullopt;
  if (*length > (address->is_v4() ? 32 : 128)) return std::nullopt;
  return IpPrefix{*address, static_cast<std::uint8_t>(*length)};
}

bool IpPrefix::contains(IpAddress other) const {
  if (address.family() != other.family()) return false;
  const auto mine = address.octets();
  const auto theirs = other.octets();
  for (int bit = 0; bit < length; ++bit) {
    const auto octet = static_cast<std::size_t>(bit / 8);
    if (((mine[octet] ^ theirs[octet]) & (0x80 >> bit % 8)) != 0) return false;
  }
  return true;
}

std::string IpPrefix::text() const {
  return address.text() + '/' + std::to_string(length);
}

std::string Endpoint::text() const {
  const auto port_text = ':' + std::to_string(port);
  return address.is_v4() ? address.text() + port_text : '[' + address.text() + ']' + port_text;
}

}  // namespace redvip

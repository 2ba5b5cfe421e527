#include "core/types.hpp"

#include <charconv>

namespace redvip {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<Ipv4> Ipv4::parse(std::string_view text) {
  std::uint32_t value = 0;
  for (int octet = 0; octet < 4; ++octet) {
    const auto dot = octet < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3) return std::nullopt;
    const auto part = parse_integer(text.substr(0, dot));
    if (!part || *part < 0 || *part > 255 || (dot > 1 && text[0] == '0') || text[0] == '-')
      return std::nullopt;
    value = (value << 8) | static_cast<std::uint32_t>(*part);
    if (octet < 3) text.remove_prefix(dot + 1);
  }
  return Ipv4{value};
}

std::string Ipv4::text() const {
  return std::to_string(value_ >> 24) + '.' + std::to_string((value_ >> 16) & 255) + '.' +
         std::to_string((value_ >> 8) & 255) + '.' + std::to_string(value_ & 255);
}

std::optional<Ipv4Prefix> Ipv4Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4::parse(text.substr(0, slash));
  const auto length = parse_integer(text.substr(slash + 1));
  if (!address || !length || *length < 0 || *length > 32) return std::nullopt;
  return Ipv4Prefix{*address, static_cast<std::uint8_t>(*length)};
}

bool Ipv4Prefix::contains(Ipv4 other) const {
  if (length == 0) return true;
  const auto mask = ~std::uint32_t{0} << (32 - length);
  return (address.value() & mask) == (other.value() & mask);
}

std::string Ipv4Prefix::text() const {
  return address.text() + '/' + std::to_string(length);
}

std::string Endpoint::text() const {
  return address.text() + ':' + std::to_string(port);
}

}  // namespace redvip

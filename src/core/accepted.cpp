#include "core/accepted.hpp"

#include <algorithm>

namespace redvip {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, is_word_character);
}

bool is_interface(std::string_view text) {
  return !text.empty() && text.size() <= 15 && text != "." && text != ".." &&
         std::ranges::all_of(text,
                             [](char c) { return c > ' ' && c < 127 && c != '/' && c != ':'; });
}

bool is_path(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

bool is_host(IpAddress address) {
  if (address.is_v4()) return address.octets()[0] != 0 && address.octets()[0] < 224;
  const bool reserved_or_mapped = address.octets()[0] == 0 && address != *IpAddress::parse("::1");
  return !address.multicast() && !reserved_or_mapped;
}

bool is_loopback(IpAddress address) {
  return address.is_v4() ? address.octets()[0] == 127 : address == *IpAddress::parse("::1");
}

bool is_host_of_subnet(const IpPrefix& ip) {
  if (ip.length == 0 || !is_host(ip.address)) return false;
  if (!ip.address.is_v4() || ip.length >= 31) return true;
  const auto host_bits = ~std::uint32_t{0} >> ip.length;
  const auto host = ip.address.v4() & host_bits;
  return host != 0 && host != host_bits;
}

}  // namespace redvip

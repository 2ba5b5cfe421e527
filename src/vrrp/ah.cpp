#include "vrrp/ah.hpp"

#include <algorithm>

#include "vrrp/mac.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {
namespace {

constexpr std::uint8_t payload_length = ah_length / 4 - 2;  // in words, RFC 2402 2.2
constexpr std::size_t icv_offset = 12;
constexpr std::size_t icv_length = 12;

// In the IPv4 header (RFC 791).
constexpr std::size_t type_of_service = 1;
constexpr std::size_t fragment = 6;
constexpr std::size_t ttl = 8;
constexpr std::size_t header_checksum = 10;
constexpr std::size_t destination = 16;

std::size_t icv_at(OctetView packet) {
  return std::size_t{4} * (packet[0] & 0x0F) + icv_offset;
}

}  // namespace

std::optional<AuthenticationHeader> decode_ah(OctetView payload) {
  if (payload.size() < ah_length) return std::nullopt;
  if (payload[0] != protocol_number || payload[1] != payload_length) return std::nullopt;
  return AuthenticationHeader{read_u32(payload, 4), read_u32(payload, 8),
                              payload.subspan(icv_offset, icv_length)};
}

Octets encode_ah(IpAddress source, std::uint32_t sequence) {
  Octets header{protocol_number, payload_length, 0, 0};
  append_u32(header, source.v4());
  append_u32(header, sequence);
  header.resize(ah_length);
  return header;
}

Octets integrity_check_value(OctetView packet, const Password& password) {
  Octets covered{packet.begin(), packet.end()};
  covered[type_of_service] = 0;
  write_u16(covered, fragment, 0);
  write_u16(covered, header_checksum, 0);
  if (!IpAddress{read_u32(packet, destination)}.multicast()) covered[ttl] = 0;
  std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(icv_at(packet)), icv_length,
              std::uint8_t{0});
  return mac(Digest::md5, password, covered, icv_length);
}

void sign_ah(Octets& packet, const Password& password) {
  std::ranges::copy(integrity_check_value(packet, password),
                    packet.begin() + static_cast<std::ptrdiff_t>(icv_at(packet)));
}

}  // namespace redvip::vrrp

#include "vrrp/hmac_trailer.hpp"

#include "vrrp/mac.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {
namespace {

constexpr std::size_t hmac_offset = 12;
constexpr std::size_t hmac_length = trailer_length - hmac_offset;
constexpr std::size_t pseudo_header_length = 20;

Octets hmac_of(const HmacKey& key, OctetView trailer, IpAddress source, OctetView message) {
  const auto version = static_cast<std::uint8_t>(message[0] >> 4);
  Octets covered{static_cast<std::uint8_t>(source.is_v4() ? 4 : 6), version, message[1], 0};
  append(covered, source.octets());
  covered.resize(pseudo_header_length);
  append(covered, message);
  write_u16(covered, pseudo_header_length + checksum_offset, 0);
  append(covered, trailer.first(hmac_offset));
  covered.resize(covered.size() + hmac_length);
  return mac(Digest::sha256, key.octets, covered, hmac_length);
}

}  // namespace

HmacTrailer decode_trailer(OctetView trailer) {
  return {trailer[0], trailer[1], read_u16(trailer, 2),
          std::uint64_t{read_u32(trailer, 4)} << 32 | read_u32(trailer, 8),
          trailer.subspan(hmac_offset, hmac_length)};
}

Octets encode_trailer(const HmacKey& key, std::uint64_t sequence, IpAddress source,
                      OctetView message) {
  Octets trailer{trailer_type, key.id, 0, 0};
  append_u32(trailer, static_cast<std::uint32_t>(sequence >> 32));
  append_u32(trailer, static_cast<std::uint32_t>(sequence));
  append(trailer, hmac_of(key, trailer, source, message));
  return trailer;
}

bool verify_trailer(const HmacKey& key, OctetView trailer, IpAddress source, OctetView message) {
  return equal_in_constant_time(decode_trailer(trailer).hmac,
                                hmac_of(key, trailer, source, message));
}

}  // namespace redvip::vrrp

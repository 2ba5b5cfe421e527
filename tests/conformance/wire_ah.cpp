#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "conformance/wire.hpp"
#include "lab/command.hpp"

namespace redvip::conformance {
namespace {

constexpr std::size_t ip_header = 20;
constexpr std::size_t before_digest = 12;  // next header, length, reserved, SPI, sequence
constexpr std::size_t digest_length = 12;
constexpr std::size_t whole = ip_header + before_digest + digest_length;

// HMAC-MD5-96 (RFC 2403) of an IPv4 packet; what may change on its way counts as 0.
Octets digest(Octets ip, const std::string& password) {
  for (const std::size_t changing : {1, 6, 7, 10, 11}) ip[changing] = 0;
  std::fill_n(ip.begin() + ip_header + before_digest, digest_length, std::uint8_t{0});
  Octets key(8, 0);
  std::copy_n(password.begin(), std::min<std::size_t>(password.size(), 8), key.begin());
  Octets full(EVP_MAX_MD_SIZE);
  unsigned length = 0;
  if (::HMAC(::EVP_md5(), key.data(), static_cast<int>(key.size()), ip.data(), ip.size(),
             full.data(), &length) == nullptr) {
    throw lab::LabError{"HMAC-MD5"};
  }
  return part(full, 0, digest_length);
}

}  // namespace

Octets ah_frame(const Stimulus& stimulus, const AhFields& fields) {
  const std::uint32_t n = fields.sequence;
  const Octets header =
      Octets{vrrp_protocol, 4, 0, 0} + (fields.spi.empty() ? stimulus.source : fields.spi) +
      Octets{static_cast<std::uint8_t>(n >> 24), static_cast<std::uint8_t>(n >> 16),
             static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)} +
      Octets(digest_length, 0);
  Octets ip = ip_packet(stimulus.source, stimulus.destination, ah_protocol, stimulus.hops,
                        header + message(stimulus));
  Octets sum = digest(ip, fields.password);
  if (!fields.digest_right) sum.back() ^= 1;
  std::copy(sum.begin(), sum.end(), ip.begin() + ip_header + before_digest);
  return ethernet(stimulus.link_destination, stimulus.link_source, 0x0800, ip);
}

std::optional<AhFields> read_ah(const Frame& frame, const std::string& password) {
  const auto read = read_ip(frame);
  if (!read || read->protocol != ah_protocol || frame.octets.size() < link_header + whole) {
    return std::nullopt;
  }
  const Octets ip = part(frame.octets, link_header, ip_header + read->payload.size());
  AhFields fields;
  fields.password = password;
  fields.spi = part(ip, ip_header + 4, 4);
  fields.sequence = 0;
  for (std::size_t i = 8; i < before_digest; ++i) {
    fields.sequence = fields.sequence << 8 | ip[ip_header + i];
  }
  fields.digest_right =
      part(ip, ip_header + before_digest, digest_length) == digest(ip, password) &&
      part(ip, ip_header, 4) == Octets{vrrp_protocol, 4, 0, 0};
  return fields;
}

}  // namespace redvip::conformance

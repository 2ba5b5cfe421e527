#include "vrrp/transmit.hpp"

#include <cassert>

#include "core/overload.hpp"
#include "vrrp/ah.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/ip.hpp"

namespace redvip::vrrp {
namespace {

V2Authentication v2_authentication(const Authentication& authentication) {
  return std::visit(Overload{
                        [](const NoAuthentication&) { return V2Authentication{}; },
                        [](const PasswordAuthentication& it) {
                          return V2Authentication{1, it.password};
                        },
                        [](const AhAuthentication&) {
                          return V2Authentication{2, {}};
                        },
                        [](const HmacAuthentication&) { return V2Authentication{}; },
                    },
                    authentication);
}

ChecksumForm form_of(const Advertisement& advertisement, const Wire& wire) {
  if (advertisement.version == Version::v2) return ChecksumForm::message_only;
  return wire.source.is_v4() ? wire.checksum : ChecksumForm::pseudo_header;
}

// keepalived lets the kernel write the IPv6 checksum, so it covers the trailer; over IPv4 it is the
// message's own.
Octets message_and_trailer(const Advertisement& advertisement, const Wire& wire) {
  auto message = encode_message(advertisement, v2_authentication(wire.authentication));
  const auto seal = [&] {
    const auto form = form_of(advertisement, wire);
    write_u16(message, checksum_offset, checksum(message, form, wire.source, wire.destination));
  };
  const auto* hmac = std::get_if<HmacAuthentication>(&wire.authentication);
  const bool sign = hmac && hmac->mode != HmacAuthentication::Mode::receive_only;
  const auto trailer =
      sign ? encode_trailer(*hmac->key(hmac->active_key), wire.sequence, wire.source, message)
           : Octets{};
  if (wire.source.is_v4()) seal();
  append(message, trailer);
  if (!wire.source.is_v4()) seal();
  return message;
}

// The ICV covers the identification: it is ours to choose, and not 0.
Octets encode_with_ah(const AhAuthentication& ah, const Wire& wire, OctetView message) {
  const auto sequence = static_cast<std::uint32_t>(wire.sequence);
  const auto low = static_cast<std::uint16_t>(sequence);
  auto payload = encode_ah(wire.source, sequence);
  append(payload, message);
  auto packet = encode_ip({wire.source, wire.destination}, ah_protocol_number,
                          low == 0 ? std::uint16_t{1} : low, payload);
  sign_ah(packet, ah.password);
  return packet;
}

[[maybe_unused]] bool known_to(Version version, const Authentication& authentication) {
  return version == Version::v2 || std::holds_alternative<NoAuthentication>(authentication) ||
         std::holds_alternative<HmacAuthentication>(authentication);
}

}  // namespace

Octets encode(const Advertisement& advertisement, const Wire& wire) {
  assert(!advertisement.addresses.empty());
  assert(advertisement.addresses.front().family() == wire.source.family());
  assert(known_to(advertisement.version, wire.authentication));
  const auto message = message_and_trailer(advertisement, wire);
  if (const auto* ah = std::get_if<AhAuthentication>(&wire.authentication)) {
    return encode_with_ah(*ah, wire, message);
  }
  return encode_ip({wire.source, wire.destination}, protocol_number, 0, message);
}

}  // namespace redvip::vrrp

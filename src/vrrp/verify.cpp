#include "vrrp/verify.hpp"

#include <utility>

#include "core/overload.hpp"
#include "vrrp/ah.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/mac.hpp"

namespace redvip::vrrp {
namespace {

using Outcome = tl::expected<Verified, Refusal>;

tl::unexpected<Refusal> refuse(Reject reason, std::string detail = {}) {
  return tl::unexpected<Refusal>(Refusal{reason, std::move(detail)});
}

int auth_type(const Authentication& authentication) {
  return std::visit(Overload{[](const NoAuthentication&) { return 0; },
                             [](const PasswordAuthentication&) { return 1; },
                             [](const AhAuthentication&) { return 2; },
                             [](const HmacAuthentication&) { return 0; }},
                    authentication);
}

std::optional<Refusal> check_auth_type(OctetView message, const Expectation& expected) {
  constexpr int last_known = 2;
  const int type = message[4];
  const int ours = auth_type(expected.authentication);
  if (type == ours) return std::nullopt;
  return Refusal{type > last_known ? Reject::invalid_auth_type : Reject::auth_type_mismatch,
                 "authentication type " + std::to_string(type) + ", here " + std::to_string(ours)};
}

Outcome verify_password(const Parts& parts, const PasswordAuthentication& password) {
  const bool same =
      equal_in_constant_time(parts.message.last(authentication_data_length), password.password);
  if (!same) return refuse(Reject::auth_failure, "another password");
  return Verified{};
}

Outcome verify_ah(const Parts& parts, const AhAuthentication& ah) {
  if (parts.ip.protocol != ah_protocol_number) {
    return refuse(Reject::auth_failure, "authentication type 2 without an AH header");
  }
  const auto header = decode_ah(parts.ip.payload);
  const auto icv = integrity_check_value(parts.ip.whole, ah.password);
  if (!equal_in_constant_time(header->icv, icv)) {
    return refuse(Reject::auth_failure, "another password, or changed on its way");
  }
  if (header->spi != parts.ip.source.v4()) {
    return refuse(Reject::auth_failure, "its SPI is not its source address");
  }
  return Verified{header->sequence};
}

// The window comes before the digest: to throw a flood of old packets away costs nothing.
Outcome verify_hmac(const Parts& parts, const HmacAuthentication& hmac, WallTime now) {
  if (parts.trailer.empty()) {
    if (hmac.mode != HmacAuthentication::Mode::enforce) return Verified{std::nullopt, true};
    return refuse(Reject::auth_type_mismatch, "not signed");
  }
  const auto trailer = decode_trailer(parts.trailer);
  if (trailer.type != trailer_type || trailer.reserved != 0) {
    return refuse(Reject::invalid_auth_type, "trailer type " + std::to_string(trailer.type));
  }
  if (hmac.window && !within_window(trailer.sequence, *hmac.window, now)) {
    return refuse(Reject::stale, "is the clock right here and there?");
  }
  const auto* key = hmac.key(trailer.key_id);
  if (key == nullptr) {
    return refuse(Reject::auth_type_mismatch,
                  "key " + std::to_string(trailer.key_id) + " is not known here");
  }
  if (!verify_trailer(*key, parts.trailer, parts.ip.source, parts.message)) {
    return refuse(Reject::auth_failure, "another key " + std::to_string(trailer.key_id));
  }
  return Verified{trailer.sequence};
}

}  // namespace

Outcome verify(const Parts& parts, const Expectation& expected, WallTime now) {
  if (parts.ip.protocol == ah_protocol_number &&
      !std::holds_alternative<AhAuthentication>(expected.authentication)) {
    return refuse(Reject::auth_type_mismatch, "behind an AH header");
  }
  if (expected.version == Version::v2) {
    if (auto refusal = check_auth_type(parts.message, expected)) {
      return tl::unexpected<Refusal>(std::move(*refusal));
    }
  }
  return std::visit(
      Overload{[&](const NoAuthentication&) { return Outcome{}; },
               [&](const PasswordAuthentication& it) { return verify_password(parts, it); },
               [&](const AhAuthentication& it) { return verify_ah(parts, it); },
               [&](const HmacAuthentication& it) { return verify_hmac(parts, it, now); }},
      expected.authentication);
}

}  // namespace redvip::vrrp

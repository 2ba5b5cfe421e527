// Keyed digests, computed by OpenSSL's libcrypto.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vrrp/octets.hpp"

namespace redvip::vrrp {

enum class Digest : std::uint8_t { md5, sha256 };

// HMAC (RFC 2104) over `octets`, the first `length` octets of it: at most 16 with MD5, 32 with
// SHA-256. Empty when libcrypto refuses, as it does with MD5 under a FIPS policy; no digest that
// was received equals that.
[[nodiscard]] Octets mac(Digest digest, OctetView key, OctetView octets, std::size_t length);

// Takes the same time wherever they differ. Of different lengths they are never equal.
[[nodiscard]] bool equal_in_constant_time(OctetView left, OctetView right);

}  // namespace redvip::vrrp

#include "vrrp/mac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cassert>

namespace redvip::vrrp {

Octets mac(Digest digest, OctetView key, OctetView octets, std::size_t length) {
  Octets result(EVP_MAX_MD_SIZE);
  unsigned int written = 0;
  const auto* algorithm = digest == Digest::md5 ? EVP_md5() : EVP_sha256();
  if (::HMAC(algorithm, key.data(), static_cast<int>(key.size()), octets.data(), octets.size(),
             result.data(), &written) == nullptr) {
    return {};
  }
  assert(length <= written);
  result.resize(length);
  return result;
}

bool equal_in_constant_time(OctetView left, OctetView right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace redvip::vrrp

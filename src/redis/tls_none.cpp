// With a hiredis that has no TLS, as Debian 12's.
#include <hiredis/hiredis.h>

#include "redis/tls.hpp"

namespace redvip::redis {

bool tls_supported() {
  return false;
}

std::string why_no_tls() {
  const auto version = std::to_string(HIREDIS_MAJOR) + '.' + std::to_string(HIREDIS_MINOR) + '.' +
                       std::to_string(HIREDIS_PATCH);
  return "this redvip was built with hiredis " + version +
         ", which has no TLS: use one built with hiredis 1.0 or later and its hiredis_ssl, as in "
         "Debian 13, or leave out redis.tls";
}

// The configuration has refused it.
bool start_tls(redisContext&, TlsConnection&) {
  return false;
}

}  // namespace redvip::redis

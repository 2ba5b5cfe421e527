// With hiredis 1.0 or later and its hiredis_ssl.
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>

#include "redis/tls.hpp"

namespace redvip::redis {

bool tls_supported() {
  return true;
}

std::string why_no_tls() {
  return {};
}

// hiredis takes over the connection where it succeeds.
bool start_tls(redisContext& context, TlsConnection& connection) {
  if (redisInitiateSSL(&context, connection.get()) != REDIS_OK) return false;
  static_cast<void>(connection.release());
  return true;
}

}  // namespace redvip::redis

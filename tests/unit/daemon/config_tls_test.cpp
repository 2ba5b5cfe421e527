// redis.tls and what belongs to it, with a hiredis that can do it and with one that cannot.
#include "catch.hpp"
#include "config_text.hpp"
#include "redis/tls.hpp"

namespace redvip::daemon {

TEST_CASE("TLS is accepted where hiredis has it, else refused with line, key and reason") {
  const auto errors = errors_in(minimal + "redis.tls = true\n");
  if (redis::tls_supported()) {
    CHECK(errors == "");
    return;
  }
  CHECK(errors.starts_with("f:15:13: service.redis.tls: this redvip was built with hiredis 0."));
  CHECK(errors.find("Debian 13") != std::string::npos);
}

TEST_CASE("what is about TLS is an error without it, since all would go in clear") {
  CHECK(errors_in(minimal + "redis.tls_ca_file = \"/ca\"\nredis.tls_verify = \"ca\"\n") ==
        "f:15:21: service.redis.tls_ca_file: found without service.redis.tls = true, so that all "
        "would go in clear\n"
        "f:16:20: service.redis.tls_verify: found without service.redis.tls = true, so that all "
        "would go in clear\n");
}

TEST_CASE("a certificate without its key, and a file that is not there, are named") {
  if (!redis::tls_supported()) return;
  CHECK(errors_in(minimal + "redis.tls = true\nredis.tls_cert_file = \"/c\"\n") ==
        "f:16:23: service.redis.tls_cert_file: found alone; allowed: tls_cert_file and "
        "tls_key_file, or neither\n");
  CHECK(errors_in(minimal + "redis.tls = true\nredis.tls_ca_file = \"/nonexistent/ca\"\n") ==
        "f:16:21: service.redis.tls_ca_file: cannot use \"/nonexistent/ca\": No such file or "
        "directory; needed are one or more certificates in PEM format\n");
}

TEST_CASE("the files of TLS are read by this build, with or without hiredis's") {
  const auto error = [](const TlsConfig& config) {
    const auto read = redis::Tls{config}.load();
    return read ? std::string{} : read.error().text();
  };
  CHECK(error({.on = true}) == "");
  CHECK(error({.on = true, .ca_file = "/dev/null"}).starts_with("tls_ca_file: cannot use"));
  CHECK(error({.on = true, .cert_file = "/etc/passwd", .key_file = "/etc/passwd"})
            .starts_with("tls_cert_file: cannot use \"/etc/passwd\": "));
}

}  // namespace redvip::daemon

// TLS for what is said to a Redis, by OpenSSL. The certificates are read again when their files
// change, so that a renewed one needs no reload.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "core/config.hpp"
#include "core/result.hpp"

struct redisContext;
struct ssl_ctx_st;
struct ssl_st;

namespace redvip::redis {

struct FreeTls {
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_st* connection) const;
};
using TlsConnection = std::unique_ptr<ssl_st, FreeTls>;

// What the connections of one service have in common.
class Tls {
 public:
  explicit Tls(TlsConfig config) : config_{std::move(config)} {}

  // Reads the files, which connect() does too where it has to. An error names what is wrong and the
  // file; the key of the configuration that names it is in `where`: "tls_ca_file".
  [[nodiscard]] Result<void> load();

  // Our end of a connection to the Redis at `server`, before the handshake, in which it checks the
  // server's certificate. Error: as load().
  [[nodiscard]] Result<TlsConnection> connect(IpAddress server);

 private:
  using Context = std::unique_ptr<ssl_ctx_st, FreeTls>;
  // Of one file: device, inode, size and time of its last change.
  using Stamp = std::array<std::int64_t, 4>;

  [[nodiscard]] bool expect(ssl_st& connection, IpAddress server) const;
  [[nodiscard]] std::array<Stamp, 3> stamps() const;

  TlsConfig config_;
  Context context_;
  std::array<Stamp, 3> read_{};
};

// Whether this build's hiredis can do it (since 1.0, with its hiredis_ssl).
[[nodiscard]] bool tls_supported();
// For the configuration: why not.
[[nodiscard]] std::string why_no_tls();
// Hands `connection` to a context that has just begun to connect, or, of a blocking one, has
// connected and then does the whole handshake. False: that failed, and the connection is as it was
// left.
[[nodiscard]] bool start_tls(redisContext& context, TlsConnection& connection);

// OpenSSL judges what was done by all errors that are left in its queue, which is the thread's, not
// the connection's (SSL_get_error(3)): to be called before each time that hiredis reads or writes.
void clear_tls_errors();

// Whether the handshake is over.
[[nodiscard]] bool tls_established(const ssl_st& connection);

struct TlsProblem {
  std::string what;
  std::string cure;
  [[nodiscard]] std::string text() const { return what + ": " + cure; }
};
// What ended a connection, from it and from OpenSSL's queue of errors, which is empty then.
// nullopt: nothing about TLS, as far as can be told.
[[nodiscard]] std::optional<TlsProblem> tls_problem(const ssl_st& connection);
// Nobody answered the handshake.
[[nodiscard]] TlsProblem tls_silence();
// The same of a plain connection, by hiredis's words about what it read.
[[nodiscard]] std::optional<TlsProblem> plain_problem(const std::string& protocol_error);

}  // namespace redvip::redis

#include "redis/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace redvip::redis {
namespace {

// The last of OpenSSL's reasons, which is the most general; the queue is empty then.
std::string last_reason() {
  std::string reason;
  while (const auto error = ERR_get_error()) {
    const char* text = ERR_reason_error_string(error);
    if (text != nullptr) reason = text;
  }
  return reason;
}

// Without this OpenSSL would ask for it on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

Result<void> refused(const char* key, const std::string& path, const std::string& what) {
  struct stat file {};
  const bool there = ::stat(path.c_str(), &file) == 0;
  const auto why = there ? last_reason() : std::string{std::strerror(errno)};
  last_reason();
  return failure("cannot use \"" + path + "\": " + (why.empty() ? "unreadable" : why) + what, key);
}

Result<void> trust(ssl_ctx_st* context, const TlsConfig& config) {
  if (config.ca_file.empty()) {
    if (config.verify == TlsVerify::none) return {};  // the host's CAs are a megabyte
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, config.ca_file.c_str(), nullptr) != 1) {
    return refused("tls_ca_file", config.ca_file,
                   "; needed are one or more certificates in PEM format");
  }
  return {};
}

Result<void> identify(ssl_ctx_st* context, const TlsConfig& config) {
  if (config.cert_file.empty()) return {};
  if (SSL_CTX_use_certificate_chain_file(context, config.cert_file.c_str()) != 1) {
    return refused("tls_cert_file", config.cert_file, "; needed is a certificate in PEM format");
  }
  if (SSL_CTX_use_PrivateKey_file(context, config.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return refused("tls_key_file", config.key_file,
                   "; needed is the key of tls_cert_file in PEM format, without a passphrase");
  }
  return {};
}

// What the other end said about us, as an alert (RFC 8446 section 6.2).
std::optional<TlsProblem> alert_problem(const std::string& reason) {
  const auto says = [&](const char* words) { return reason.find(words) != std::string::npos; };
  if (says("certificate required") || says("handshake failure")) {
    return TlsProblem{
        "Redis wants a client certificate (" + reason + ")",
        "set redis.tls_cert_file and redis.tls_key_file, or tls-auth-clients no there"};
  }
  if (says("unknown ca") || says("bad certificate") || says("certificate unknown") ||
      says("certificate expired")) {
    return TlsProblem{"Redis refuses redis.tls_cert_file (" + reason + ")",
                      "it must be valid today, and signed by what Redis has as tls-ca-cert-file"};
  }
  return std::nullopt;
}

TlsProblem certificate_problem(long result) {
  const std::string why = X509_verify_cert_error_string(result);
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {"the certificate of Redis, or of its CA, has expired", "renew it there"};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {"the certificate of Redis is not valid yet", "compare the clocks of both hosts"};
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return {"the certificate of Redis is not for redis.tls_server_name",
              "correct that, or set redis.tls_verify = \"ca\""};
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {"the certificate of Redis is not for its address (subjectAltName IP)",
              "set redis.tls_server_name to a name that it has, or redis.tls_verify = \"ca\""};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return {"the certificate of Redis is from a CA that is not trusted here (" + why + ")",
              "set redis.tls_ca_file to the CA that signed it"};
    default:
      return {"the certificate of Redis is refused (" + why + ")", "correct it there"};
  }
}

}  // namespace

void FreeTls::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void FreeTls::operator()(ssl_st* connection) const {
  SSL_free(connection);
}

Result<void> Tls::load() {
  const auto now = stamps();
  Context context{SSL_CTX_new(TLS_client_method())};
  if (!context) return failure("no memory for TLS: " + last_reason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  SSL_CTX_set_verify(context.get(),
                     config_.verify == TlsVerify::none ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  const auto ready =
      trust(context.get(), config_).and_then([&] { return identify(context.get(), config_); });
  if (!ready) return ready;
  context_ = std::move(context);
  read_ = now;
  return {};
}

std::array<Tls::Stamp, 3> Tls::stamps() const {
  std::array<Stamp, 3> all{};
  const std::array paths{&config_.ca_file, &config_.cert_file, &config_.key_file};
  for (std::size_t i = 0; i < all.size(); ++i) {
    struct stat file {};
    if (paths[i]->empty() || ::stat(paths[i]->c_str(), &file) != 0) continue;
    all[i] = {static_cast<std::int64_t>(file.st_dev), static_cast<std::int64_t>(file.st_ino),
              file.st_size, file.st_mtim.tv_sec * 1'000'000'000 + file.st_mtim.tv_nsec};
  }
  return all;
}

Result<TlsConnection> Tls::connect(IpAddress server) {
  if (!context_ || stamps() != read_) {
    if (auto loaded = load(); !loaded) return tl::unexpected(loaded.error());
  }
  TlsConnection connection{SSL_new(context_.get())};
  if (!connection) return failure("no memory for TLS: " + last_reason());
  if (!expect(*connection, server)) {
    return failure("cannot have \"" + config_.server_name + "\" checked: " + last_reason(),
                   "tls_server_name");
  }
  return connection;
}

// Names go into the handshake too (RFC 6066 section 3), addresses must not. What OpenSSL does not
// take here it would not check.
bool Tls::expect(ssl_st& connection, IpAddress server) const {
  const auto& name = config_.server_name;
  if (!name.empty() && SSL_set_tlsext_host_name(&connection, name.c_str()) != 1) return false;
  if (config_.verify != TlsVerify::full) return true;
  if (!name.empty()) return SSL_set1_host(&connection, name.c_str()) == 1;
  const auto octets = server.octets();
  return X509_VERIFY_PARAM_set1_ip(SSL_get0_param(&connection), octets.data(), octets.size()) == 1;
}

void clear_tls_errors() {
  ERR_clear_error();
}

bool tls_established(const ssl_st& connection) {
  return SSL_is_init_finished(&connection) == 1;
}

TlsProblem tls_silence() {
  return {"the TLS handshake is not answered",
          "see whether Redis hangs; if not, this port is one without TLS: correct redis.port (its "
          "tls-port), or leave out redis.tls"};
}

// A Redis that dies says no goodbye either, which is one of OpenSSL's errors. A client certificate
// that is missing is told by TLS 1.3 only after the handshake.
std::optional<TlsProblem> tls_problem(const ssl_st& connection) {
  const auto error = ERR_peek_last_error();
  const auto reason = last_reason();
  const auto verified = SSL_get_verify_result(&connection);
  const bool established = tls_established(connection);
  if (!established && verified != X509_V_OK &&
      SSL_get_verify_mode(&connection) != SSL_VERIFY_NONE) {
    return certificate_problem(verified);
  }
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
      return TlsProblem{"this port does not speak TLS",
                        "correct redis.port (Redis's tls-port), or leave out redis.tls"};
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return std::nullopt;
    default:
      break;
  }
  if (auto said = alert_problem(reason)) return said;
  if (established || reason.empty()) return std::nullopt;
  return TlsProblem{"the TLS handshake failed (" + reason + ")", "the log of Redis may say more"};
}

// A TLS alert (RFC 8446 section 5.1) begins with 21.
std::optional<TlsProblem> plain_problem(const std::string& protocol_error) {
  if (protocol_error.find("got \"\\x15\"") == std::string::npos) return std::nullopt;
  return TlsProblem{"this port speaks TLS", "set redis.tls = true, or correct redis.port"};
}

}  // namespace redvip::redis

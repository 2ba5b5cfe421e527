// A real Redis that speaks TLS only, and every way in which that can be set up wrong.
#include "redis/tls.hpp"

#include <algorithm>

#include "catch.hpp"
#include "daemon/rdb_finder.hpp"
#include "redis/psync.hpp"
#include "shell/redis/support.hpp"
#include "shell/tls/certificates.hpp"

using namespace redvip;
using namespace redvip::test;

namespace {

const Certificates& certificates() {
  static const Certificates all;
  return all;
}

// As a Redis with tls-auth-clients yes wants it.
TlsConfig good_config() {
  return {.on = true,
          .ca_file = certificates().file("ca.crt"),
          .cert_file = certificates().file("client.crt"),
          .key_file = certificates().file("client.key")};
}

std::shared_ptr<redis::Tls> tls(const TlsConfig& config = good_config()) {
  return std::make_shared<redis::Tls>(config);
}

auto with(std::shared_ptr<redis::Tls> secured) {
  return [secured](redis::ConnectionConfig& config) { config.tls = secured; };
}

// A server, and the tests' own clients speak as it does.
struct TlsServer {
  explicit TlsServer(const std::string& certificate = "server",
                     std::vector<std::string> more = {}) {
    spoken_tls = tls({.on = true,
                      .ca_file = "",
                      .cert_file = certificates().file("client.crt"),
                      .key_file = certificates().file("client.key"),
                      .verify = TlsVerify::none});
    auto options = certificates().server_options(certificate);
    options.insert(options.end(), more.begin(), more.end());
    server.emplace(options);
  }
  ~TlsServer() {
    server.reset();
    spoken_tls.reset();
  }
  std::optional<RedisServer> server;
};

// What a Connection that is set up like this says of what is wrong. A Redis that refuses our
// certificate closes at once, and its reset may come before its reason is read.
std::string complaint(const TlsConfig& config) {
  Watch watch{with(tls(config))};
  watch.start();
  watch.until_said("refused authentication");
  CHECK(watch.count("connected") == 0);
  return watch.texts.back();
}

bool has(const std::string& text, const std::string& words) {
  INFO(text);
  CHECK(text.find(words) != std::string::npos);
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a Redis that speaks TLS only is observed and commanded, and its death is seen") {
  TlsServer redis;
  Watch watch{with(tls())};
  watch.connect();
  CHECK(watch.observe().is_master());
  CHECK(watch.send(command::Park{}));
  CHECK(watch.observe().is_parked());
  redis.server->kill();
  watch.until_said("lost closed");
  watch.until_said("lost refused");
}

TEST_CASE("an answer that fills many TLS records comes whole") {
  TlsServer redis;
  Watch watch{with(tls())};
  watch.connect();
  for (int i = 0; i < 50; ++i) CHECK(watch.observe().is_master());
}

TEST_CASE("a name that the certificate has is as good as the address, another one is not") {
  TlsServer redis;
  auto config = good_config();
  config.server_name = "redis.test";
  Watch watch{with(tls(config))};
  watch.connect();
  config.server_name = "other.test";
  has(complaint(config), "the certificate of Redis is not for redis.tls_server_name: correct that");
}

TEST_CASE("a certificate without the address is refused, but not where the CA alone is checked") {
  certificates().issue("nameless", "ca", "DNS:somewhere");
  TlsServer redis{"nameless"};
  auto config = good_config();
  has(complaint(config), "is not for its address (subjectAltName IP): set redis.tls_server_name");
  config.verify = TlsVerify::ca;
  Watch watch{with(tls(config))};
  watch.connect();
}

TEST_CASE("the certificate of a strange CA is refused with the key to set") {
  TlsServer redis;
  auto config = good_config();
  config.ca_file = certificates().file("stranger.crt");
  has(complaint(config), "is from a CA that is not trusted here");
  has(complaint(config), "set redis.tls_ca_file");
  config.ca_file = "";  // nor does the system trust it
  has(complaint(config), "set redis.tls_ca_file");
}

TEST_CASE("an expired certificate is refused, unless nothing is to be checked") {
  certificates().issue("expired", "ca", Certificates::names,
                       "-not_before 20200101000000Z -not_after 20200102000000Z");
  TlsServer redis{"expired"};
  auto config = good_config();
  has(complaint(config), "has expired: renew it there");
  config.verify = TlsVerify::none;
  Watch watch{with(tls(config))};
  watch.connect();
}

TEST_CASE("a Redis that wants a certificate of ours says so, and whose it does not take") {
  certificates().issue("foreign", "stranger", "DNS:redvip");
  TlsServer redis;
  auto config = good_config();
  config.cert_file = config.key_file = "";
  has(complaint(config), "Redis wants a client certificate");
  has(complaint(config), "set redis.tls_cert_file and redis.tls_key_file");
  config.cert_file = certificates().file("foreign.crt");
  config.key_file = certificates().file("foreign.key");
  has(complaint(config), "Redis refuses redis.tls_cert_file");
}

TEST_CASE("a Redis without TLS behind tls = true is told, whether it answers or waits for more") {
  RedisServer redis;
  Watch watch{with(tls())};
  watch.start();
  watch.until([&] { return !watch.texts.empty(); });
  const auto& text = watch.texts.front();
  INFO(text);
  CHECK((text.find("does not speak TLS") != std::string::npos ||
         text.find("the TLS handshake is not answered") != std::string::npos));
  CHECK(watch.count("connected") == 0);
}

TEST_CASE("a Redis with TLS behind tls = false lets nobody in") {
  TlsServer redis;
  Watch watch;
  watch.start();
  watch.until([&] { return !watch.texts.empty(); });
  CHECK(watch.count("connected") == 0);
}

TEST_CASE("certificates are read again when they change, without anybody's help") {
  TlsServer redis;
  const auto ca = certificates().file("current-ca.crt");
  std::filesystem::copy_file(certificates().file("stranger.crt"), ca);
  auto config = good_config();
  config.ca_file = ca;
  Watch watch{with(tls(config))};
  watch.start();
  watch.until([&] { return !watch.texts.empty(); });
  std::filesystem::copy_file(certificates().file("ca.crt"), ca + ".new");
  std::filesystem::rename(ca + ".new", ca);
  watch.until_said("connected");
  std::filesystem::remove(ca);
}

TEST_CASE("certificates that are gone are told by their key, and nothing goes in clear") {
  TlsServer redis;
  auto config = good_config();
  config.key_file = certificates().file("missing.key");
  has(complaint(config), "tls_key_file: cannot use");
  has(complaint(config), "No such file or directory");
}

TEST_CASE("a part of the replication stream comes by TLS, and its refusals are the same") {
  TlsServer redis;
  boost::asio::io_context io;
  const auto failure_of = [&](const std::shared_ptr<redis::Tls>& secured) {
    std::string failed;
    const auto psync = redis::Psync::open(
        io, redis_at, {}, std::string(40, 'a'), 1, secured,
        {[](std::string_view) {}, [&](const Error& why) { failed = why.message; }});
    const auto deadline = std::chrono::steady_clock::now() + Seconds{20};
    io.restart();
    while (failed.empty() && std::chrono::steady_clock::now() < deadline)
      io.run_one_for(Millis{50});
    psync->close();
    return failed;
  };
  has(failure_of(tls()), "PSYNC was answered: +FULLRESYNC");
  auto config = good_config();
  config.ca_file = certificates().file("stranger.crt");
  has(failure_of(tls(config)), "is from a CA that is not trusted here");
}

TEST_CASE("where a Redis keeps its file is asked by TLS") {
  TlsServer redis;
  boost::asio::io_context io;
  std::optional<Result<std::string>> found;
  daemon::find_rdb(io, redis_at, "", "", tls(), [&](Result<std::string> path) { found = path; });
  io.run();
  REQUIRE(found);
  REQUIRE(*found);
  has(**found, "/dump.rdb");
}

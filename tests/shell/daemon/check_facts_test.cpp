// What `check` and a start find out about a Redis that is there and does not answer.
#include "daemon/check_facts.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::daemon;

namespace {

// A listening socket of a process that stands still: the kernel connects, nobody reads.
class Frozen {
 public:
  Frozen() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address_), size) == 0);
    REQUIRE(::listen(fd_, 8) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size) == 0);
  }
  ~Frozen() { ::close(fd_); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  int connections() {
    int count = 0;
    for (int fd = -1; (fd = ::accept(fd_, nullptr, nullptr)) >= 0; ++count) ::close(fd);
    return count;
  }

 private:
  int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
};

}  // namespace

TEST_CASE("a Redis that does not answer in time is not taken for one that speaks TLS") {
  Frozen redis;
  Config config;
  config.nodes = {{"a", IpAddress{INADDR_LOOPBACK}}};
  ServiceConfig service;
  service.nodes = {0};
  service.redis.port = redis.port();
  const auto facts = redis_facts(config, service, 0);
  CHECK(facts.unreachable.empty());
  CHECK_FALSE(facts.error.empty());
  CHECK(facts.tls_problem.empty());
  CHECK(redis.connections() == 1);
}

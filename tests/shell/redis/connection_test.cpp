#include "redis/connection.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <csignal>

#include "catch.hpp"
#include "support.hpp"

using namespace redvip;
using namespace redvip::test;
using Said = std::vector<std::string>;

namespace {

int socket_with_local_port(std::uint16_t port) {
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in local{};
    socklen_t size = sizeof local;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) continue;
    if (local.sin_family == AF_INET && ntohs(local.sin_port) == port) return fd;
  }
  return -1;
}

// Drops every packet to the Redis port for as long as it lives: a host that has gone silent.
struct Silence {
  Silence() {
    run("nft add table ip silence && nft 'add chain ip silence in { type filter hook input "
        "priority 0; }' && nft add rule ip silence in tcp dport 6379 drop");
  }
  ~Silence() { run("nft delete table ip silence"); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
};

}  // namespace

TEST_CASE("a Redis that answers is connected, under our name, and can be observed") {
  RedisServer server;
  Watch watch;
  CHECK(!watch.connection->connected());
  CHECK(watch.connection->local_port() == 0);
  watch.connect();
  CHECK(watch.connection->connected());
  const auto seen = watch.observe();
  CHECK(seen.is_master());
  CHECK(seen.run_id.size() == 40);
  const auto clients = Client{}.ask("CLIENT LIST TYPE normal");
  const auto us = "addr=127.0.0.1:" + std::to_string(watch.connection->local_port());
  CHECK(clients.find(us) != std::string::npos);
  CHECK(clients.find("name=redvip") != std::string::npos);
}

TEST_CASE("the socket is not inherited by programs and does not delay small packets") {
  RedisServer server;
  Watch watch;
  watch.connect();
  const int socket = socket_with_local_port(watch.connection->local_port());
  REQUIRE(socket >= 0);
  CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  REQUIRE(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  CHECK(no_delay == 1);
}

TEST_CASE("a connection comes from the source address that it is given") {
  RedisServer server{{"--protected-mode", "no"}};
  Watch watch{[](auto& config) { config.bind_source = IpAddress{0x7F000005}; }};
  watch.connect();
  CHECK(Client{}.ask("CLIENT LIST").find(" addr=127.0.0.5:") != std::string::npos);
}

TEST_CASE("many observations asked for at once are answered by two, and nothing piles up") {
  RedisServer server;
  Watch watch;
  watch.connect();
  for (int i = 0; i < 10; ++i) watch.connection->observe();
  watch.until_said("observed", 2);
  REQUIRE(watch.send(command::UnpauseWrites{}));  // answered after every INFO that was sent
  CHECK(watch.count("observed") == 2);
}

TEST_CASE("a killed process is lost as closed and as refused, and found again with a new run_id") {
  RedisServer server;
  Watch watch;
  watch.connect();
  const auto before = watch.observe().run_id;
  server.kill();
  watch.until_said("lost refused");
  CHECK(!watch.connection->connected());
  watch.run_for(Millis{200});
  CHECK(watch.said == Said{"connected", "observed", "lost closed", "lost refused"});
  server.start();
  watch.until_said("connected", 2);
  CHECK(watch.observe().run_id != before);
}

TEST_CASE("a Redis that is not there yet is told once, and connected when it comes") {
  Watch watch;
  watch.start();
  watch.run_for(Millis{200});
  CHECK(watch.said == Said{"lost refused"});
  RedisServer server;
  watch.until_said("connected");
  CHECK(watch.said == Said{"lost refused", "connected"});
}

TEST_CASE("a Redis that hangs says nothing, and reconnecting finds it when it goes on") {
  RedisServer server;
  Watch watch;
  watch.connect();
  server.signal(SIGSTOP);
  std::optional<Result<void>> pause;
  watch.connection->observe();
  watch.connection->send(command::PauseWrites{Millis{1}}, [&](auto result) { pause = result; });
  watch.run_for(Millis{200});
  CHECK(watch.said == Said{"connected"});
  CHECK(!pause);
  watch.connection->reconnect();
  watch.until([&] { return pause.has_value(); });
  CHECK(pause->error().message == "connection lost");
  watch.run_for(Millis{200});
  CHECK(watch.said == Said{"connected"});
  server.signal(SIGCONT);
  watch.until_said("connected", 2);
  CHECK(watch.observe().is_master());
}

TEST_CASE("a host that drops what we send is unreachable") {
  Watch watch{[](auto& config) { config.connect_timeout = Millis{200}; }};
  const Silence silence;
  watch.start();
  watch.until_said("lost unreachable");
  watch.run_for(Millis{500});
  CHECK(watch.said == Said{"lost unreachable"});
}

TEST_CASE("a host without a route is unreachable") {
  Watch watch{[](auto& config) { config.at.address = IpAddress{0x0A4D0001}; }};
  watch.start();
  watch.until_said("lost unreachable");
}

TEST_CASE("a connected host that falls silent is closed, then unreachable, then found again") {
  RedisServer server;
  Watch watch{[](auto& config) { config.connect_timeout = Millis{200}; }};
  watch.connect();
  {
    const Silence silence;
    watch.connection->observe();
    watch.until_said("lost unreachable");
  }
  watch.until_said("connected", 2);
  CHECK(watch.said == Said{"connected", "lost closed", "lost unreachable", "connected"});
}

TEST_CASE("a connection that Redis closes is made anew") {
  RedisServer server;
  Watch watch;
  watch.connect();
  Client{}.ask("CLIENT KILL TYPE normal");
  watch.until_said("connected", 2);
  CHECK(watch.said == Said{"connected", "lost closed", "connected"});
}

TEST_CASE("after stop nothing is called, and start begins anew") {
  RedisServer server;
  Watch watch;
  watch.connect();
  watch.connection->observe();
  watch.connection->send(command::UnpauseWrites{}, [](auto) { FAIL("called after stop"); });
  watch.connection->stop();
  watch.run_for(Millis{100});
  CHECK(watch.said == Said{"connected"});
  CHECK(!watch.connection->connected());
  watch.start();
  watch.until_said("connected", 2);
}

TEST_CASE("a callback may destroy the connection") {
  RedisServer server;
  for (const auto* word : {"connected", "observed", "lost closed", "lost refused"}) {
    Watch watch;
    watch.on_event = [&] {
      if (watch.said.back() == word) watch.connection.reset();
    };
    watch.start();
    watch.until([&] { return !watch.connection || watch.connection->connected(); });
    if (watch.connection) watch.connection->observe();
    watch.until([&] { return !watch.connection || !watch.observations.empty(); });
    if (watch.connection) server.kill();
    watch.until([&] { return watch.connection == nullptr; });
    watch.run_for(Millis{50});
    CHECK(watch.said.back() == word);
    server.kill();
    server.start();
  }
}

TEST_CASE("a callback may drop the connection, ask and send") {
  RedisServer server;
  Watch watch;
  int done = 0;
  watch.on_event = [&] {
    if (watch.said.size() > 6) return;
    watch.connection->observe();
    watch.connection->send(command::UnpauseWrites{}, [&](auto) {
      ++done;
      watch.connection->reconnect();
    });
  };
  watch.start();
  watch.until([&] { return watch.said.size() > 6 && done > 2; });
}

TEST_CASE("the answer to a command may destroy the connection") {
  RedisServer server;
  Watch watch;
  watch.connect();
  watch.connection->observe();
  watch.connection->send(command::UnpauseWrites{}, [&](auto) { watch.connection.reset(); });
  watch.connection->observe();
  watch.until([&] { return watch.connection == nullptr; });
  watch.run_for(Millis{50});
}

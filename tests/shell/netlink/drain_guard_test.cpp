#include "netlink/drain_guard.hpp"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

int unacknowledged(const Socket& socket) {
  int bytes = 0;
  REQUIRE(ioctl(socket.fd, SIOCOUTQ, &bytes) == 0);
  return bytes;
}

// A master and who is not to be mistaken for it, all on this host.
struct TwoMasters : Namespace {
  explicit TwoMasters(Family family = Family::ipv4) {
    const bool v4 = family == Family::ipv4;
    const std::string network = v4 ? "10.77.0." : "fd00:77::";
    for (const std::string last : {"1", "2"}) {
      run("ip addr add " + network + last + (v4 ? "/24" : "/64 nodad") + " dev lo");
    }
    await_ipv6_delivery();
    master = {address(network + "1"), 6379};
    other_port = {master.address, 6380};
    other_address = {address(network + "2"), 6379};
  }
  Endpoint master;
  Endpoint other_port;
  Endpoint other_address;
};

DrainGuard open_guard(const std::string& service = "cache") {
  auto guard = DrainGuard::open(Nft{}, service);
  INFO((guard ? "" : guard.error().text()));
  REQUIRE(guard);
  return std::move(*guard);
}

DrainGuard raised_guard(Endpoint towards, const std::string& service = "cache") {
  auto guard = open_guard(service);
  REQUIRE(guard.raise(towards));
  return guard;
}

Result<DrainGuard> raised_elsewhere() {
  return DrainGuard::open(Nft{}, "cache").and_then([](DrainGuard guard) {
    return guard.raise({address("10.77.0.1"), 6379}).map([&] { return std::move(guard); });
  });
}

}  // namespace

TEST_CASE("payload towards the master is dropped; what the master sends is delivered and acked") {
  const std::string redis_ack = "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$4\r\n1234\r\n";
  const auto payload = GENERATE_COPY(as<std::string>{}, redis_ack, "x", std::string(100'000, 'x'));
  CAPTURE(payload.size());
  TwoMasters host{either_family()};
  const Link link{host.master};
  const Link untouched{host.other_port};
  auto guard = raised_guard(host.master);

  send_text(link.client, payload);
  CHECK(untouched.passes("later"));
  CHECK(arrived(link.served).empty());

  // More than fits a window: it needs acknowledgements on its way.
  std::size_t delivered = 0;
  for (int chunk = 0; chunk < 100; ++chunk) {
    send_text(link.served, std::string(60'000, 'd'));
    for (std::size_t got = 0; got < 60'000;) {
      const auto size = received(link.client).size();
      REQUIRE(size > 0);
      delivered += size;
      got += size;
    }
  }
  CHECK(delivered == 6'000'000);
  boost::asio::io_context io;
  CHECK(eventually(io, [&] { return unacknowledged(link.served) == 0; }));  // delayed ACK
  CHECK(arrived(link.served).empty());
}

TEST_CASE("nobody can connect to the guarded endpoint until the guard is lifted") {
  TwoMasters host{either_family()};
  const auto listener = listener_on(host.master);
  const auto untouched = listener_on(host.other_port);
  auto guard = raised_guard(host.master);
  const auto replica = connecting_to(host.master);
  const auto elsewhere = connecting_to(host.other_port);
  CHECK(becomes(untouched, POLLIN));
  CHECK_FALSE(becomes(listener, POLLIN, 0));
  CHECK_FALSE(becomes(replica, POLLOUT, 0));
  REQUIRE(guard.lift());
  CHECK(becomes(listener, POLLIN));  // the SYN is repeated
}

TEST_CASE("the end of a connection gets through") {
  TwoMasters host{either_family()};
  const Link link{host.master};
  auto guard = raised_guard(host.master);
  shutdown(link.client.fd, SHUT_WR);
  REQUIRE(becomes(link.served, POLLRDHUP));
  char byte = 0;
  CHECK(recv(link.served.fd, &byte, 1, MSG_DONTWAIT) == 0);
}

TEST_CASE("other ports and other addresses are not touched") {
  TwoMasters host{either_family()};
  const auto endpoint = GENERATE(true, false) ? host.other_port : host.other_address;
  CAPTURE(endpoint.text());
  const Link before{endpoint};
  auto guard = raised_guard(host.master);
  CHECK(before.passes("a word"));
  CHECK(before.passes(std::string(1000, 'x')));
  const auto again = connecting_to(endpoint);
  CHECK(becomes(before.listener, POLLIN));
}

TEST_CASE("an open guard guards nothing and leaves no table") {
  TwoMasters host;
  const Link link{host.master};
  auto guard = open_guard();
  CHECK_FALSE(guard.raised());
  CHECK(tables().empty());
  CHECK(link.passes("a word"));
  CHECK(guard.lift());
}

TEST_CASE("a lift removes the table, and what was held back arrives") {
  TwoMasters host{either_family()};
  const Link link{host.master};
  auto guard = raised_guard(host.master);
  CHECK(guard.raised());
  CHECK(tables() == "table inet redvip_drain_cache\n");
  send_text(link.client, "held back");
  CHECK(arrived(link.served).empty());
  REQUIRE(guard.lift());
  CHECK_FALSE(guard.raised());
  CHECK(tables().empty());
  CHECK(received(link.served) == "held back");
}

TEST_CASE("the destructor lifts, once, also after a move") {
  TwoMasters host;
  {
    std::optional<DrainGuard> first = raised_guard(host.master);
    const auto second = std::move(*first);
    first.reset();
    CHECK(second.raised());
    CHECK_FALSE(tables().empty());
  }
  CHECK(tables().empty());
}

TEST_CASE("a guard is raised again, and towards another master instead") {
  TwoMasters host{either_family()};
  const Link link{host.master};
  const Link other{host.other_address};
  auto guard = raised_guard(host.master);
  REQUIRE(guard.raise(host.master));
  REQUIRE(guard.raise(host.other_address));
  CHECK(link.passes("a word"));
  send_text(other.client, "dropped");
  CHECK(link.passes("later"));
  CHECK(arrived(other.served).empty());
  REQUIRE(guard.lift());
  REQUIRE(guard.raise(host.other_address));
  CHECK(guard.raised());
}

TEST_CASE("a killed daemon takes its guard along") {
  TwoMasters host;
  OtherDaemon killed{raised_elsewhere};
  REQUIRE(tables() == "table inet redvip_drain_cache\n");
  killed.end();
  CHECK(tables().empty());
  CHECK(raised_guard(host.master).raised());
}

TEST_CASE("a program started while the guard is up does not inherit it") {
  TwoMasters host;
  const auto guard = raised_guard(host.master);
  int seen = 0;
  for (int fd = 0; fd < 1024; ++fd) {
    int protocol = 0;
    int domain = 0;
    socklen_t size = sizeof(int);
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_NETLINK)
      continue;
    REQUIRE(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0);
    if (protocol != NETLINK_NETFILTER) continue;
    ++seen;
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(seen == 1);
}

TEST_CASE("the guards of two services know nothing of each other") {
  TwoMasters host;
  const Link link{host.master};
  auto cache = raised_guard(host.master, "cache");
  auto queue = raised_guard(host.other_port, "queue");
  REQUIRE(queue.lift());
  send_text(link.client, "dropped");
  const Link untouched{host.other_port};
  CHECK(untouched.passes("later"));
  CHECK(arrived(link.served).empty());
}

TEST_CASE("any service name has a table of its own") {
  TwoMasters host;
  const auto plain = raised_guard(host.master, "a b");
  const auto alike = raised_guard(host.master, "a_20b");
  const auto hostile = raised_guard(host.master, "x { }; flush ruleset # \n\"\xc3\xa4");
  CHECK(tables() ==
        "table inet redvip_drain_a_20b\n"
        "table inet redvip_drain_a_5f20b\n"
        "table inet redvip_drain_x_20_7b_20_7d_3b_20flush_20ruleset_20_23_20_0a_22_c3_a4\n");
}

TEST_CASE("a second daemon with the same service is told so, and harms nothing") {
  TwoMasters host;
  const OtherDaemon first{raised_elsewhere};
  const auto second = DrainGuard::open(Nft{}, "cache");
  REQUIRE_FALSE(second);
  INFO(second.error().text());
  CHECK(second.error().text().find("nft table redvip_drain_cache: cannot guard the drain") == 0);
  CHECK(tables() == "table inet redvip_drain_cache\n");
}

TEST_CASE("without CAP_NET_ADMIN it says what it needs") {
  TwoMasters host;
  REQUIRE(seteuid(65534) == 0);  // takes the effective capabilities along
  const auto guard = DrainGuard::open(Nft{}, "cache");
  REQUIRE(seteuid(0) == 0);
  REQUIRE_FALSE(guard);
  CHECK(guard.error().text() == "nft: cannot guard a drain: it needs CAP_NET_ADMIN");
}

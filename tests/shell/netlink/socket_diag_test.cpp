#include "netlink/socket_diag.hpp"

#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

constexpr std::uint16_t port = 6379;

// How a client and a Redis come to talk: over IPv4, over IPv4 with a Redis that listens on "::",
// whose sockets are IPv6 ones of ::ffff:a.b.c.d, and over IPv6.
struct Way {
  const char* name;
  IpAddress listens_on;
  IpAddress node;
  IpAddress vip;
};

const Way over_ipv4{"IPv4", IpAddress{}, address("10.77.0.1"), address("10.77.0.100")};
const Way mapped{"IPv4 on ::", address("::"), address("10.77.0.1"), address("10.77.0.100")};
const Way over_ipv6{"IPv6", address("::"), address("fd00:77::1"), address("fd00:77::100")};

Way any_way() {
  return *GENERATE(&over_ipv4, &mapped, &over_ipv6);
}

Socket connected_to(IpAddress to) {
  const SocketAddress where{{to, port}};
  Socket client{socket(where.storage.ss_family, SOCK_STREAM, 0)};
  const timeval patience{20, 0};
  setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  REQUIRE(connect(client.fd, where.get(), where.size) == 0);
  return client;
}

Socket listener_like_redis(const Way& way) {
  return listener_on({way.listens_on, port});
}

Socket accepted_from(const Socket& listener) {
  return Socket{accept(listener.fd, nullptr, nullptr)};
}

std::string receive(const Socket& socket) {
  std::string text(100, '\0');
  const auto size = recv(socket.fd, text.data(), text.size(), 0);
  if (size < 0) return errno == ECONNRESET ? "reset" : "error";
  text.resize(static_cast<std::size_t>(size));
  return text;
}

// Another process that holds the socket and reads nothing, like a Redis that is stopped.
class Holder {
 public:
  explicit Holder(Socket socket) : pid_{fork()} {
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlives a test that was itself killed
      for (;;) pause();
    }
    socket.shut();
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { end(); }
  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  pid_t pid_;
};

using Unread = std::optional<std::uint32_t>;

struct DiagHost : Namespace {
  DiagHost() {
    run("ip addr add 10.77.0.1/24 dev lo && ip addr add 10.77.0.100/24 dev lo");
    run("ip addr add fd00:77::1/64 nodad dev lo && ip addr add fd00:77::100/64 nodad dev lo");
    await_ipv6_delivery();
  }
  static SocketDiag open() {
    auto opened = SocketDiag::open();
    REQUIRE(opened);
    return std::move(*opened);
  }
  Unread unread(Endpoint remote) {
    const auto bytes = diag.unread(remote);
    REQUIRE(bytes);
    return *bytes;
  }
  SocketDiag diag = open();
};

}  // namespace

TEST_CASE("the clients of a VIP are reset; the listener and other clients are not") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const auto client = connected_to(way.vip);
  const auto served = accepted_from(listener);
  const auto node_client = connected_to(way.node);
  const auto node_served = accepted_from(listener);

  CHECK(host.diag.destroy({way.vip, port}) == 1);
  CHECK(receive(client) == "reset");
  send_text(node_served, "alive");
  CHECK(receive(node_client) == "alive");

  const auto next = connected_to(way.vip);
  send_text(accepted_from(listener), "again");
  CHECK(receive(next) == "again");
}

TEST_CASE("clients that were found before are reset, and those that have come since") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const auto early = connected_to(way.vip);
  auto gone = connected_to(way.vip);
  const Socket served[] = {accepted_from(listener), accepted_from(listener)};
  REQUIRE(host.diag.find_clients({way.vip, port}));
  gone.shut();
  const auto late = connected_to(way.vip);
  REQUIRE(host.diag.destroy({way.vip, port}));
  CHECK(receive(early) == "reset");
  CHECK(receive(late) == "reset");
  CHECK(host.diag.destroy({way.vip, port}) == 0);
}

TEST_CASE("the clients of the other family's VIP are not reset") {
  DiagHost host;
  const auto listener = listener_like_redis(mapped);
  const auto v4 = connected_to(mapped.vip);
  const auto v4_served = accepted_from(listener);
  const auto v6 = connected_to(over_ipv6.vip);
  const auto v6_served = accepted_from(listener);
  CHECK(host.diag.destroy({over_ipv6.vip, port}) == 1);
  CHECK(receive(v6) == "reset");
  send_text(v4_served, "alive");
  CHECK(receive(v4) == "alive");
}

TEST_CASE("a client that a hung server has not accepted is reset too") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const auto client = connected_to(way.vip);
  CHECK(host.diag.destroy({way.vip, port}) == 1);
  CHECK(receive(client) == "reset");
}

TEST_CASE("a listener bound to the VIP itself survives") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_on({way.vip, port});
  CHECK(host.diag.destroy({way.vip, port}) == 0);
  const auto client = connected_to(way.vip);
  send_text(accepted_from(listener), "alive");
  CHECK(receive(client) == "alive");
}

TEST_CASE("the clients of another port are not reset") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const auto client = connected_to(way.vip);
  CHECK(host.diag.destroy({way.vip, port + 1}) == 0);
  send_text(accepted_from(listener), "alive");
  CHECK(receive(client) == "alive");
}

TEST_CASE("a reset of no connections is success") {
  DiagHost host;
  CHECK(host.diag.destroy({over_ipv4.vip, port}) == 0);
}

TEST_CASE("what another process of this host has not read from the remote is counted") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const bool replica_is_mapped = way.listens_on == mapped.listens_on && way.node.is_v4();
  const auto through = replica_is_mapped ? address("::ffff:" + way.node.text()) : way.node;
  Holder replica{connected_to(through)};
  const auto link = accepted_from(listener);
  const Endpoint master{way.node, port};
  CHECK(host.unread(master) == Unread{0});
  send_text(link, "12345");
  CHECK(host.unread(master) == Unread{5});
  CHECK(host.unread({way.vip, port}) == Unread{});
  CHECK(host.unread({way.node, port + 1}) == Unread{});
}

TEST_CASE("our own probe of the same remote is not counted") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const auto probe = connected_to(way.node);
  send_text(accepted_from(listener), "123");
  CHECK(host.unread({way.node, port}) == Unread{});
}

TEST_CASE("the master's close counts until it is read") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  Holder replica{connected_to(way.node)};
  accepted_from(listener).shut();
  CHECK(host.unread({way.node, port}) == Unread{1});
}

TEST_CASE("of a link that was made anew the new one is measured") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  const Endpoint master{way.node, port};
  std::optional<Holder> replica{std::in_place, connected_to(way.node)};
  {
    const auto link = accepted_from(listener);
    CHECK(host.unread(master) == Unread{0});
    replica->end();
    CHECK(receive(link).empty());
  }
  replica.emplace(connected_to(way.node));
  const auto link = accepted_from(listener);
  send_text(link, "123");
  const auto measured = [&] { return host.unread(master) == Unread{3}; };
  boost::asio::io_context io;
  CHECK(eventually(io, measured));
}

TEST_CASE("a link whose process is gone is none") {
  const auto way = any_way();
  CAPTURE(way.name);
  DiagHost host;
  const auto listener = listener_like_redis(way);
  Holder replica{connected_to(way.node)};
  const auto link = accepted_from(listener);
  replica.end();
  CHECK(receive(link).empty());  // its end of file: the other side is closed by now
  CHECK(host.unread({way.node, port}) == Unread{});
}

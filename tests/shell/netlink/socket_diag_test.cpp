#include "netlink/socket_diag.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <utility>

#include "namespace.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

const Ipv4 node = address("10.77.0.1");
const Ipv4 vip = address("10.77.0.100");
constexpr std::uint16_t port = 6379;

struct Socket {
  explicit Socket(int descriptor) : fd{descriptor} { REQUIRE(fd >= 0); }
  Socket(Socket&& other) noexcept : fd{std::exchange(other.fd, -1)} {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { shut(); }
  void shut() {
    if (fd >= 0) close(std::exchange(fd, -1));
  }
  int fd;
};

sockaddr_in ipv4(Ipv4 address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.value());
  return result;
}

sockaddr_in6 mapped(Ipv4 address) {
  sockaddr_in6 result{};
  result.sin6_family = AF_INET6;
  result.sin6_port = htons(port);
  const std::string text = "::ffff:" + address.text();
  REQUIRE(inet_pton(AF_INET6, text.c_str(), &result.sin6_addr) == 1);
  return result;
}

template <class Address>
Socket listener_on(const Address& where) {
  const auto* const generic = reinterpret_cast<const sockaddr*>(&where);
  Socket listener{socket(generic->sa_family, SOCK_STREAM, 0)};
  const int yes = 1;
  setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  REQUIRE(bind(listener.fd, generic, sizeof(where)) == 0);
  REQUIRE(listen(listener.fd, 16) == 0);
  return listener;
}

template <class Address>
Socket connected_to(const Address& where) {
  const auto* const generic = reinterpret_cast<const sockaddr*>(&where);
  Socket client{socket(generic->sa_family, SOCK_STREAM, 0)};
  const timeval patience{20, 0};
  setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  REQUIRE(connect(client.fd, generic, sizeof(where)) == 0);
  return client;
}

Socket listener_like_redis(bool dual_stack) {
  if (!dual_stack) return listener_on(ipv4(Ipv4{}));
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(port);
  return listener_on(any);
}

Socket accepted_from(const Socket& listener) {
  return Socket{accept(listener.fd, nullptr, nullptr)};
}

void send_text(const Socket& socket, const std::string& text) {
  REQUIRE(send(socket.fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
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

struct Host : Namespace {
  Host() {
    run("ip link add d0 type veth peer name d1 && ip link set d0 up");
    run("ip addr add 10.77.0.1/24 dev d0 && ip addr add 10.77.0.100/24 dev d0");
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
  const bool dual_stack = GENERATE(false, true);
  CAPTURE(dual_stack);
  Host host;
  const auto listener = listener_like_redis(dual_stack);
  const auto client = connected_to(ipv4(vip));
  const auto served = accepted_from(listener);
  const auto node_client = connected_to(ipv4(node));
  const auto node_served = accepted_from(listener);

  CHECK(host.diag.destroy({vip, port}) == 1);
  CHECK(receive(client) == "reset");
  send_text(node_served, "alive");
  CHECK(receive(node_client) == "alive");

  const auto next = connected_to(ipv4(vip));
  send_text(accepted_from(listener), "again");
  CHECK(receive(next) == "again");
}

TEST_CASE("a client that a hung server has not accepted is reset too") {
  Host host;
  const auto listener = listener_like_redis(true);
  const auto client = connected_to(ipv4(vip));
  CHECK(host.diag.destroy({vip, port}) == 1);
  CHECK(receive(client) == "reset");
}

TEST_CASE("a listener bound to the VIP itself survives") {
  Host host;
  const auto listener = listener_on(ipv4(vip));
  CHECK(host.diag.destroy({vip, port}) == 0);
  const auto client = connected_to(ipv4(vip));
  send_text(accepted_from(listener), "alive");
  CHECK(receive(client) == "alive");
}

TEST_CASE("the clients of another port are not reset") {
  Host host;
  const auto listener = listener_like_redis(true);
  const auto client = connected_to(ipv4(vip));
  CHECK(host.diag.destroy({vip, port + 1}) == 0);
  send_text(accepted_from(listener), "alive");
  CHECK(receive(client) == "alive");
}

TEST_CASE("a reset of no connections is success") {
  Host host;
  CHECK(host.diag.destroy({vip, port}) == 0);
}

TEST_CASE("what another process of this host has not read from the remote is counted") {
  const bool dual_stack = GENERATE(false, true);
  CAPTURE(dual_stack);
  Host host;
  const auto listener = listener_like_redis(true);
  Holder replica{dual_stack ? connected_to(mapped(node)) : connected_to(ipv4(node))};
  const auto link = accepted_from(listener);
  const Endpoint master{node, port};
  CHECK(host.unread(master) == Unread{0});
  send_text(link, "12345");
  CHECK(host.unread(master) == Unread{5});
  CHECK(host.unread({vip, port}) == Unread{});
  CHECK(host.unread({node, port + 1}) == Unread{});
}

TEST_CASE("our own probe of the same remote is not counted") {
  Host host;
  const auto listener = listener_like_redis(true);
  const auto probe = connected_to(ipv4(node));
  send_text(accepted_from(listener), "123");
  CHECK(host.unread({node, port}) == Unread{});
}

TEST_CASE("the master's close counts until it is read") {
  Host host;
  const auto listener = listener_like_redis(true);
  Holder replica{connected_to(ipv4(node))};
  accepted_from(listener).shut();
  CHECK(host.unread({node, port}) == Unread{1});
}

TEST_CASE("a link whose process is gone is none") {
  Host host;
  const auto listener = listener_like_redis(true);
  Holder replica{connected_to(ipv4(node))};
  const auto link = accepted_from(listener);
  replica.end();
  CHECK(receive(link).empty());  // its end of file: the other side is closed by now
  CHECK(host.unread({node, port}) == Unread{});
}

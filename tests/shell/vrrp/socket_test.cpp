// The raw socket against the kernel. "Nothing arrived" is never waited for: another packet is sent
// behind, and when that is there the first one would have been.
#include "vrrp/socket.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <set>
#include <vector>

#include "catch.hpp"
#include "shell/vrrp/two_hosts.hpp"
#include "vrrp/receive.hpp"

namespace redvip::vrrp {
namespace {

using Octets = std::vector<std::uint8_t>;

const Ipv4 left_address{0x0A000001};
const Ipv4 right_address{0x0A000002};
const Ipv4 virtual_ip{0x0A000064};

Advertisement advertisement(int priority) {
  return {Vrid::of(51), Priority::of(priority), Centiseconds{10}, {virtual_ip}};
}

struct Lan : lan::TwoHosts {
  boost::asio::io_context io;

  Result<std::unique_ptr<Socket>> try_open(const lan::Host& host, const SocketConfig& config,
                                           PacketHandler handler) {
    return host.inside([&] {
      auto complete = config;
      complete.ifindex = static_cast<int>(::if_nametoindex(config.interface.c_str()));
      return Socket::open(io, complete, std::move(handler));
    });
  }

  std::unique_ptr<Socket> open(const lan::Host& host, bool unicast, PacketHandler handler) {
    const auto source = &host == &left ? left_address : right_address;
    auto socket = try_open(host, {"wire", 0, source, unicast}, std::move(handler));
    if (!socket) throw std::runtime_error{socket.error().text()};
    return std::move(*socket);
  }

  template <class Condition>
  bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io.run_one_for(std::chrono::milliseconds{100});
    }
    return condition();
  }
};

struct Inbox {
  std::vector<Octets> packets;

  PacketHandler handler() {
    return [this](std::span<const std::uint8_t> packet) {
      packets.emplace_back(packet.begin(), packet.end());
    };
  }
};

// The priorities, which the tests use as labels, of what has arrived; the header has 20 octets.
std::vector<int> priorities(const Inbox& inbox) {
  std::vector<int> result;
  for (const auto& packet : inbox.packets) result.push_back(packet.at(22));
  return result;
}

Result<void> send(Socket& socket, int priority, Ipv4 source, Ipv4 destination = multicast_group) {
  return socket.send(encode(advertisement(priority), source, destination), destination);
}

Expectation expected_from_left(bool unicast) {
  return {Vrid::of(51), {virtual_ip}, Centiseconds{10}, right_address, {left_address}, unicast};
}

void check_ip_header(const Octets& packet) {
  CHECK(packet.at(1) == 0xC0);        // TOS: CS6
  CHECK((packet.at(6) & 0x40) == 0);  // DF clear, as keepalived sends
  CHECK(packet.at(8) == 255);         // TTL
  CHECK(packet.at(9) == 112);         // protocol
  CHECK(Octets(packet.begin() + 12, packet.begin() + 16) == Octets{10, 0, 0, 1});
}

PacketHandler ignore() {
  return [](std::span<const std::uint8_t>) {};
}

// Somebody else's multicast sender, with a TTL of its own.
void send_with_ttl(const lan::Host& host, int ttl, int priority) {
  const int fd = host.inside([] { return ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 112); });
  const in_addr source{htonl(left_address.value())};
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(multicast_group.value());
  const auto message = encode(advertisement(priority), left_address, multicast_group);
  REQUIRE(::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &source, sizeof source) == 0);
  REQUIRE(::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) == 0);
  REQUIRE(::sendto(fd, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&to),
                   sizeof to) == static_cast<ssize_t>(message.size()));
  ::close(fd);
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  REQUIRE(::getsockopt(fd, level, name, &value, &length) == 0);
  return value;
}

std::set<int> open_descriptors() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    found.push_back(std::stoi(entry.path().filename()));
  }
  std::set<int> result;  // without the iterator's own, which is closed by now
  for (const int fd : found) {
    if (::fcntl(fd, F_GETFD) >= 0) result.insert(fd);
  }
  return result;
}

}  // namespace

TEST_CASE("a multicast advert arrives with TTL 255, TOS c0 and the node's address as source") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  check_ip_header(inbox.packets[0]);
  const auto received = receive(inbox.packets[0], expected_from_left(false));
  REQUIRE(received);
  CHECK(received->advertisement == advertisement(150));
}

TEST_CASE("a unicast advert arrives with TTL 255, TOS c0 and the node's address as source") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, true, ignore());
  const auto right = lan.open(lan.right, true, inbox.handler());
  REQUIRE(send(*left, 150, left_address, right_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  check_ip_header(inbox.packets[0]);
  const auto received = receive(inbox.packets[0], expected_from_left(true));
  REQUIRE(received);
  CHECK(received->advertisement == advertisement(150));
}

TEST_CASE("a packet with TTL 254 is delivered by the kernel and rejected by receive()") {
  Lan lan;
  Inbox inbox;
  const auto right = lan.open(lan.right, false, inbox.handler());
  send_with_ttl(lan.left, 254, 150);
  send_with_ttl(lan.left, 255, 151);
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 2; }));
  const auto refused = receive(inbox.packets[0], expected_from_left(false));
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == Reject::ip_ttl);
  CHECK(receive(inbox.packets[1], expected_from_left(false)));
}

TEST_CASE("the source stays the node's address when a virtual IP is the interface's primary") {
  for (const bool unicast : {false, true}) {
    Lan lan;
    lan.left.run("ip address flush dev wire");
    lan.left.run("ip address add 10.0.0.100/24 dev wire");
    lan.left.run("ip address add 10.0.0.1/24 dev wire");
    Inbox inbox;
    const auto left = lan.open(lan.left, unicast, ignore());
    const auto right = lan.open(lan.right, unicast, inbox.handler());
    REQUIRE(send(*left, 150, left_address, unicast ? right_address : multicast_group));
    REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
    check_ip_header(inbox.packets[0]);
  }
}

TEST_CASE(
    "when the node's address is gone nothing is sent from another one, and the error says so") {
  Lan lan;
  Inbox inbox;
  lan.left.run("ip address add 10.0.0.100/24 dev wire");
  lan.left.run("sysctl -qw net.ipv4.conf.wire.promote_secondaries=1");
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  lan.left.run("ip address del 10.0.0.1/24 dev wire");
  const auto sent = send(*left, 150, left_address);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().where == "sendto for VRRP on wire");
  lan.left.run("ip address add 10.0.0.1/24 dev wire");
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("our own multicast adverts do not come back") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, inbox.handler());
  const auto right = lan.open(lan.right, false, ignore());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(send(*right, 151, right_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("a multicast socket hears the group only, a unicast socket its own address only") {
  Lan lan;
  Inbox multicast;
  Inbox unicast;
  const auto group = lan.open(lan.right, false, multicast.handler());
  const auto single = lan.open(lan.right, true, unicast.handler());
  const auto left_group = lan.open(lan.left, false, ignore());
  const auto left_single = lan.open(lan.left, true, ignore());
  REQUIRE(send(*left_single, 1, left_address, right_address));
  REQUIRE(send(*left_group, 2, left_address));
  REQUIRE(send(*left_single, 3, left_address, right_address));
  REQUIRE(send(*left_group, 4, left_address));
  REQUIRE(lan.eventually([&] { return multicast.packets.size() + unicast.packets.size() >= 4; }));
  CHECK(priorities(multicast) == std::vector{2, 4});
  CHECK(priorities(unicast) == std::vector{1, 3});
}

TEST_CASE("an advert that arrives on another interface is not heard") {
  Lan lan;
  lan.connect("other", "10.0.1");
  Inbox inbox;
  Inbox elsewhere;
  const Ipv4 other_address{0x0A000102};
  const auto left = lan.open(lan.left, false, inbox.handler());
  const auto left_other =
      lan.try_open(lan.left, {"other", 0, Ipv4{0x0A000101}, false}, elsewhere.handler());
  const auto right = lan.open(lan.right, false, ignore());
  const auto right_other = lan.try_open(lan.right, {"other", 0, other_address, false}, ignore());
  REQUIRE(left_other);
  REQUIRE(right_other);
  REQUIRE(send(**right_other, 150, other_address));
  REQUIRE(send(*right, 151, right_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() + elsewhere.packets.size() >= 2; }));
  CHECK(priorities(inbox) == std::vector{151});
  CHECK(priorities(elsewhere) == std::vector{150});
}

TEST_CASE("a burst longer than one wakeup reads is heard whole and in order") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  std::vector<int> all;
  for (int priority = 1; priority <= 150; ++priority) {
    REQUIRE(send(*left, priority, left_address));
    all.push_back(priority);
  }
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == all.size(); }));
  CHECK(priorities(inbox) == all);
}

TEST_CASE("a burst leaves a turn to other handlers before it is read to its end") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  for (int i = 0; i < 150; ++i) REQUIRE(send(*left, 100, left_address));
  REQUIRE(lan.io.run_one_for(std::chrono::seconds{10}) == 1);
  CHECK(inbox.packets.size() == 64);
}

TEST_CASE("an interface that goes down and up again is heard again, after an error on sending") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  lan.right.run("ip link set wire down");
  lan.left.run("ip link set wire down");
  lan.io.poll();
  CHECK_FALSE(send(*left, 150, left_address));
  lan.left.run("ip link set wire up");
  lan.right.run("ip link set wire up");
  REQUIRE(left->rejoin());
  REQUIRE(right->rejoin());
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("rejoin tells the network: a leave, then a report") {
  Lan lan;
  lan.left.run("sysctl -qw net.ipv4.conf.wire.force_igmp_version=2");
  const int sniffer = lan.right.inside(
      [] { return ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IP)); });
  // IGMPv2 (RFC 2236): type in the first octet after the header, group in the last four.
  const auto next_igmp_about_our_group = [&]() -> int {
    std::array<std::uint8_t, 256> packet{};
    pollfd readable{sniffer, POLLIN, 0};
    while (::poll(&readable, 1, 10000) == 1) {
      const auto length = ::recv(sniffer, packet.data(), packet.size(), 0);
      const std::size_t header = std::size_t{4} * (packet[0] & 0x0F);
      if (length < static_cast<ssize_t>(header + 8) || packet[9] != IPPROTO_IGMP) continue;
      if (packet[header + 4] == 224 && packet[header + 7] == 18) return packet[header];
    }
    return 0;
  };
  const auto left = lan.open(lan.left, false, ignore());
  REQUIRE(next_igmp_about_our_group() == 0x16);
  REQUIRE(left->rejoin());
  int type = next_igmp_about_our_group();
  while (type == 0x16) type = next_igmp_about_our_group();
  CHECK(type == 0x17);
  CHECK(next_igmp_about_our_group() == 0x16);
  ::close(sniffer);
}

TEST_CASE("rejoin can be repeated, and in unicast mode there is nothing to rejoin") {
  Lan lan;
  const auto multicast = lan.open(lan.left, false, ignore());
  const auto unicast = lan.open(lan.left, true, ignore());
  CHECK(multicast->rejoin());
  CHECK(multicast->rejoin());
  CHECK(unicast->rejoin());
}

TEST_CASE("a socket that another handler destroys is not heard from again") {
  Lan lan;
  int calls = 0;
  std::unique_ptr<Socket> first;
  std::unique_ptr<Socket> second;
  first = lan.open(lan.right, false, [&](auto) { ++calls, second.reset(); });
  second = lan.open(lan.right, false, [&](auto) { ++calls, first.reset(); });
  const auto left = lan.open(lan.left, false, ignore());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return calls > 0; }));
  lan.io.poll();
  CHECK(calls == 1);
}

TEST_CASE("adverts are queued first, and other programs' groups are not delivered") {
  Lan lan;
  lan.open(lan.left, false, ignore()).reset();
  const auto before = open_descriptors();
  const auto socket = lan.open(lan.left, false, ignore());
  auto opened = open_descriptors();
  for (const int fd : before) opened.erase(fd);
  REQUIRE(opened.size() == 1);
  CHECK(option(*opened.begin(), SOL_SOCKET, SO_PRIORITY) == 7);
  CHECK(option(*opened.begin(), IPPROTO_IP, IP_MULTICAST_ALL) == 0);
}

TEST_CASE("an interface that does not exist is an error that names it") {
  Lan lan;
  const auto socket = lan.try_open(lan.left, {"nowhere", 0, left_address, false}, ignore());
  REQUIRE_FALSE(socket);
  CHECK(socket.error().where == "SO_BINDTODEVICE for VRRP on nowhere");
  CHECK_FALSE(socket.error().message.empty());
}

TEST_CASE("a unicast source that the host does not have is an error of bind") {
  Lan lan;
  const auto socket = lan.try_open(lan.left, {"wire", 0, Ipv4{0x0A000009}, true}, ignore());
  REQUIRE_FALSE(socket);
  CHECK(socket.error().where == "bind for VRRP on wire");
}

TEST_CASE("no descriptor is leaked by a failed open or a destroyed socket, or passed to children") {
  Lan lan;
  lan.open(lan.left, false, ignore()).reset();  // the first one makes Asio open its own
  const auto before = open_descriptors();
  CHECK_FALSE(lan.try_open(lan.left, {"nowhere", 0, left_address, false}, ignore()));
  CHECK_FALSE(lan.try_open(lan.left, {"wire", 0, Ipv4{0x0A000009}, true}, ignore()));
  CHECK(open_descriptors() == before);
  {
    const auto socket = lan.open(lan.left, false, ignore());
    const auto during = open_descriptors();
    CHECK(during.size() == before.size() + 1);
    for (const int fd : during) {
      if (before.count(fd) == 0) CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
  }
  CHECK(open_descriptors() == before);
}

}  // namespace redvip::vrrp

// What the raw socket sends and hears. "Nothing arrived" is never waited for: another packet is
// sent behind, and when that is there the first one would have been.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "catch.hpp"
#include "shell/vrrp/socket_fixture.hpp"
#include "vrrp/receive.hpp"

namespace redvip::vrrp {
namespace {

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

}  // namespace redvip::vrrp

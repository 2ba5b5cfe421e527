// What the raw socket sends and hears. "Nothing arrived" is never waited for: another packet is
// sent behind, and when that is there the first one would have been.
#include <boost/asio/steady_timer.hpp>

#include "catch.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

void check_ip_header(const Octets& packet) {
  CHECK(packet.at(1) == 0xC0);        // TOS: CS6
  CHECK((packet.at(6) & 0x40) == 0);  // DF clear, as keepalived sends
  CHECK(packet.at(8) == 255);         // TTL
  CHECK(packet.at(9) == 112);         // protocol
  CHECK(Octets(packet.begin() + 12, packet.begin() + 16) == Octets{10, 0, 0, 1});
}

}  // namespace

TEST_CASE("a multicast advert arrives with TTL 255, TOS c0 and the node's address as source") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  check_ip_header(inbox.packets[0].octets);
  const auto received = examine(inbox.packets[0], expected_at_right());
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
  check_ip_header(inbox.packets[0].octets);
  const auto received = examine(inbox.packets[0], expected_at_right(Family::ipv4, true));
  REQUIRE(received);
  CHECK(received->advertisement == advertisement(150));
}

TEST_CASE("a packet with TTL 254 is delivered by the kernel and rejected by receive()") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  auto packet = encode(advertisement(150), {left_address, group4});
  packet[8] = 254;
  REQUIRE(left->send(packet, group4));
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 2; }));
  const auto refused = examine(inbox.packets[0], expected_at_right());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reject::ip_ttl);
  CHECK(examine(inbox.packets[1], expected_at_right()));
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
    REQUIRE(send(*left, 150, left_address, unicast ? right_address : group4));
    REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
    check_ip_header(inbox.packets[0].octets);
  }
}

TEST_CASE("when the node's address is gone, what is sent is not from another one") {
  Lan lan;
  Inbox inbox;
  lan.left.run("ip address add 10.0.0.100/24 dev wire");
  lan.left.run("sysctl -qw net.ipv4.conf.wire.promote_secondaries=1");
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  lan.left.run("ip address del 10.0.0.1/24 dev wire");
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  check_ip_header(inbox.packets[0].octets);
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
  const auto other_address = ip("10.0.1.2");
  const auto left = lan.open(lan.left, false, inbox.handler());
  const auto left_other = lan.open(lan.left, {{"other"}, ip("10.0.1.1")}, elsewhere.handler());
  const auto right = lan.open(lan.right, false, ignore());
  const auto right_other = lan.open(lan.right, {{"other"}, other_address}, ignore());
  REQUIRE(send(*right_other, 150, other_address));
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

TEST_CASE("a timer that is due fires between two wake-ups of a flood") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  for (int i = 0; i < 640; ++i) REQUIRE(send(*left, 100, left_address));
  REQUIRE(lan.io.run_one_for(std::chrono::seconds{10}) == 1);
  std::size_t heard_before = 0;
  boost::asio::steady_timer timer{lan.io, std::chrono::steady_clock::time_point{}};
  timer.async_wait([&](const auto&) { heard_before = inbox.packets.size(); });
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 640; }));
  CHECK(heard_before >= 64);
  CHECK(heard_before <= 3 * 64);
}

}  // namespace redvip::vrrp

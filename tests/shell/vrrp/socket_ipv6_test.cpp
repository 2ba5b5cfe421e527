// The raw socket over IPv6.
#include <netinet/in.h>

#include <algorithm>

#include "catch.hpp"
#include "shell/vrrp/sniffer.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

// Whether a frame is an MLDv2 report (RFC 3810: ICMPv6 type 143 behind a hop-by-hop header of 8
// octets) with a record for ff02::12.
bool reports_our_group(OctetView frame) {
  constexpr std::size_t icmp = 14 + 40 + 8;
  if (frame.size() < icmp + 8 + 20 || read_u16(frame, 12) != ETH_P_IPV6) return false;
  if (frame[20] != IPPROTO_HOPOPTS || frame[icmp] != 143) return false;
  const auto octets = group6.octets();
  return std::search(frame.begin() + icmp, frame.end(), octets.begin(), octets.end()) !=
         frame.end();
}

}  // namespace

TEST_CASE("IPv6: an advert arrives with hop limit 255, class c0 and the link-local source") {
  Lan lan;
  lan.enable_ipv6();
  Inbox inbox;
  const auto left = lan.open_v6(lan.left, ignore());
  const auto right = lan.open_v6(lan.right, inbox.handler());
  const Sniffer sniffer{lan.right, "wire"};
  REQUIRE(send(*left, 150, left_link_local, group6));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  const auto received = examine(inbox.packets[0], expected_at_right(Family::ipv6));
  REQUIRE(received);
  CHECK(received->advertisement == advertisement(150, Family::ipv6));
  CHECK(received->source == left_link_local);
  const auto frame = sniffer.next(is_vrrp_over_ipv6);
  REQUIRE(frame);
  CHECK(read_u16(*frame, 14) == 0x6C00);  // version and traffic class
  CHECK(frame->at(14 + 7) == 255);
}

TEST_CASE("IPv6: what arrives carries the hop limit and destination that the header said") {
  Lan lan;
  lan.enable_ipv6();
  Inbox inbox;
  const auto left = lan.open_v6(lan.left, ignore());
  const auto right = lan.open_v6(lan.right, inbox.handler());
  auto packet = encode(advertisement(150, Family::ipv6), {left_link_local, group6});
  packet[7] = 254;
  REQUIRE(left->send(packet, group6));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  CHECK(inbox.packets[0].ipv6->hop_limit == 254);
  CHECK(inbox.packets[0].ipv6->destination == group6);
  const auto refused = examine(inbox.packets[0], expected_at_right(Family::ipv6));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reject::ip_ttl);
}

TEST_CASE("IPv6: a wrong checksum is delivered, so that it can be counted") {
  Lan lan;
  lan.enable_ipv6();
  Inbox inbox;
  const auto left = lan.open_v6(lan.left, ignore());
  const auto right = lan.open_v6(lan.right, inbox.handler());
  auto packet = encode(advertisement(150, Family::ipv6), {left_link_local, group6});
  packet[40 + checksum_offset] ^= 1;
  REQUIRE(left->send(packet, group6));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  const auto refused = examine(inbox.packets[0], expected_at_right(Family::ipv6));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reject::checksum);
}

TEST_CASE("IPv6: a unicast advert goes between global addresses") {
  Lan lan;
  lan.left.run("ip address add 2001:db8::1/64 dev wire nodad");
  lan.right.run("ip address add 2001:db8::2/64 dev wire nodad");
  Inbox inbox;
  const auto left = lan.open(lan.left, {{"wire"}, ip("2001:db8::1"), true}, ignore());
  const auto right = lan.open(lan.right, {{"wire"}, ip("2001:db8::2"), true}, inbox.handler());
  REQUIRE(send(*left, 150, ip("2001:db8::1"), ip("2001:db8::2")));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  auto expected = expected_at_right(Family::ipv6, true);
  expected.self = ip("2001:db8::2");
  expected.peers = {ip("2001:db8::1")};
  CHECK(examine(inbox.packets[0], expected));
}

TEST_CASE("IPv6: the source stays the node's address when a virtual IP is newer") {
  Lan lan;
  lan.enable_ipv6();
  Inbox inbox;
  const auto left = lan.open_v6(lan.left, ignore());
  const auto right = lan.open_v6(lan.right, inbox.handler());
  lan.left.run("ip address add fe80::100/128 dev wire nodad");
  REQUIRE(send(*left, 150, left_link_local, group6));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  CHECK(inbox.packets[0].ipv6->source == left_link_local);
}

TEST_CASE("IPv6: our own adverts do not come back") {
  Lan lan;
  lan.enable_ipv6();
  Inbox inbox;
  const auto left = lan.open_v6(lan.left, inbox.handler());
  const auto right = lan.open_v6(lan.right, ignore());
  REQUIRE(send(*left, 150, left_link_local, group6));
  REQUIRE(send(*right, 151, right_link_local, group6));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("IPv6: a source that is missing or still tentative is an error of bind") {
  Lan lan;
  const SocketConfig config{{"wire"}, ip("fe80::9")};
  const auto missing = lan.try_open(lan.left, config, ignore());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().where == "bind for VRRP on wire");
  // For so long that it stays tentative while we look.
  lan.left.run("sysctl -qw net.ipv6.conf.wire.dad_transmits=100");
  lan.left.run("ip address add fe80::9/64 dev wire");
  CHECK_FALSE(lan.try_open(lan.left, config, ignore()));
  lan.left.run("ip address del fe80::9/64 dev wire");
  lan.left.run("ip address add fe80::9/64 dev wire nodad");
  CHECK(lan.try_open(lan.left, config, ignore()));
}

TEST_CASE("IPv6: the group is joined, and rejoin tells the network again") {
  Lan lan;
  lan.enable_ipv6();
  const Sniffer sniffer{lan.right, "wire"};
  const auto left = lan.open_v6(lan.left, ignore());
  REQUIRE(sniffer.next(reports_our_group));
  lan.right.run("ip link set wire down");
  lan.left.run("ip link set wire down");
  lan.up("wire");
  lan.left.run("ip address replace fe80::1/64 dev wire nodad");
  REQUIRE(left->rejoin());
  CHECK(sniffer.next(reports_our_group));
}

}  // namespace redvip::vrrp

// The raw socket with the IP Authentication Header. The kernel writes the IPv4 header's checksum
// and nothing else of what the integrity check covers.
#include "catch.hpp"
#include "shell/vrrp/socket_fixture.hpp"
#include "vrrp/ah.hpp"

namespace redvip::vrrp {
namespace {

Octets ah_packet(std::uint64_t sequence, IpAddress destination = group4) {
  const Advertisement advertisement{
      Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
  return encode(advertisement, {left_address, destination, {}, ah, sequence});
}

Expectation expecting_ah(bool unicast) {
  auto expected = expected_at_right(Family::ipv4, unicast);
  expected.version = Version::v2;
  expected.interval = Centiseconds{100};
  expected.authentication = ah;
  return expected;
}

}  // namespace

TEST_CASE("ah: an advert arrives authentic, multicast and unicast") {
  for (const bool unicast : {false, true}) {
    Lan lan;
    Inbox inbox;
    const auto destination = unicast ? right_address : group4;
    const auto left = lan.open(lan.left, {{"wire"}, left_address, unicast, true}, ignore());
    const auto right =
        lan.open(lan.right, {{"wire"}, right_address, unicast, true}, inbox.handler());
    REQUIRE(left->send(ah_packet(1, destination), destination));
    REQUIRE(left->send(ah_packet(0x12345, destination), destination));
    REQUIRE(lan.eventually([&] { return inbox.packets.size() == 2; }));
    for (const auto& packet : inbox.packets) {
      CHECK(packet.octets.at(9) == ah_protocol_number);
      CHECK(examine(packet, expecting_ah(unicast)));
    }
  }
}

TEST_CASE("ah: adverts without it are heard too, so that they can be counted") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, {{"wire"}, right_address, false, true}, inbox.handler());
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  const auto refused = examine(inbox.packets[0], expecting_ah(false));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reject::version);
}

TEST_CASE("who is not configured for ah does not hear it") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, false, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  REQUIRE(left->send(ah_packet(1), group4));
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
  CHECK(priorities(inbox) == std::vector{151});
}

TEST_CASE("ah: rejoin is for both of its sockets") {
  Lan lan;
  Inbox inbox;
  const auto left = lan.open(lan.left, {{"wire"}, left_address, false, true}, ignore());
  const auto right = lan.open(lan.right, {{"wire"}, right_address, false, true}, inbox.handler());
  REQUIRE(right->rejoin());
  REQUIRE(left->send(ah_packet(1), group4));
  REQUIRE(send(*left, 151, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 2; }));
}

}  // namespace redvip::vrrp

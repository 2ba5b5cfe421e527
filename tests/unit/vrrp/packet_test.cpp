// Octets captured from keepalived 2.2.7, source 10.0.0.5, are the reference (vrrp.md 1.3).
#include "vrrp/packet.hpp"

#include "catch.hpp"
#include "unit/vrrp/wire.hpp"

namespace redvip::vrrp {
namespace {

using wire::ip;
using wire::octets;

const Ipv4 source = ip("10.0.0.5");

Advertisement advertisement(int priority, int centiseconds, std::vector<Ipv4> addresses) {
  return {Vrid::of(51), Priority::of(priority), Centiseconds{centiseconds}, std::move(addresses)};
}

Advertisement one_second(int priority) {
  return advertisement(priority, 100, {ip("10.0.0.100")});
}

Advertisement half_second(int priority) {
  return advertisement(priority, 50, {ip("10.0.0.100"), ip("10.0.0.101")});
}

}  // namespace

TEST_CASE("an advertisement is octet for octet what keepalived sends") {
  CHECK(encode(one_second(150), source, multicast_group) == octets("31339601 0064 436f 0a000064"));
  CHECK(encode(half_second(150), source, multicast_group) ==
        octets("31339602 0032 3937 0a000064 0a000065"));
}

TEST_CASE("a priority 0 advertisement is octet for octet what keepalived sends") {
  CHECK(encode(one_second(0), source, multicast_group) == octets("31330001 0064 d96f 0a000064"));
  CHECK(encode(half_second(0), source, multicast_group) ==
        octets("31330002 0032 cf37 0a000064 0a000065"));
}

TEST_CASE("addresses keep the order of the configuration") {
  const auto message =
      encode(advertisement(150, 100, {ip("10.0.0.101"), ip("10.0.0.100"), ip("10.0.0.102")}),
             source, multicast_group);
  CHECK(std::vector(message.begin() + 8, message.end()) == octets("0a000065 0a000064 0a000066"));
}

TEST_CASE("the longest interval fills twelve bits and leaves the reserved four at zero") {
  const auto message = encode(advertisement(1, 4095, {ip("10.0.0.100")}), source, multicast_group);
  CHECK(message[4] == 0x0F);
  CHECK(message[5] == 0xFF);
}

TEST_CASE("255 addresses fit, and the count says so") {
  const auto message = encode(advertisement(100, 100, std::vector(255, ip("10.255.255.255"))),
                              source, multicast_group);
  CHECK(message.size() == 8 + 4 * 255);
  CHECK(message[3] == 255);
  CHECK(checksum(message, ChecksumForm::pseudo_header, source, multicast_group) == 0);
}

TEST_CASE("the message-only form of the captured advertisement is 2e03, as RFC 9568 5.2.8 asks") {
  const auto unsealed = octets("31339601 0064 0000 0a000064");
  CHECK(checksum(unsealed, ChecksumForm::message_only, source, multicast_group) == 0x2e03);
  CHECK(checksum(unsealed, ChecksumForm::pseudo_header, source, multicast_group) == 0x436f);
}

TEST_CASE("the pseudo-header holds the destination of the IPv4 header, a unicast one too") {
  const auto peer = ip("10.0.0.6");
  const auto message = encode(one_second(150), source, peer);
  CHECK(checksum(message, ChecksumForm::pseudo_header, source, peer) == 0);
  CHECK(checksum(message, ChecksumForm::pseudo_header, source, multicast_group) != 0);
}

TEST_CASE("an odd number of octets is summed as if padded with zero") {
  CHECK(checksum(octets("010203"), ChecksumForm::message_only, source, multicast_group) ==
        checksum(octets("01020300"), ChecksumForm::message_only, source, multicast_group));
}

}  // namespace redvip::vrrp

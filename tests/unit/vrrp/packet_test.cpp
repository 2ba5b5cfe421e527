// Octets captured from keepalived 2.2.7, source 10.0.0.5, are the reference (vrrp.md 1.3).
#include "vrrp/packet.hpp"

#include "catch.hpp"
#include "unit/vrrp/wire.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::group4;
using wire::group6;
using wire::ip;
using wire::octets;

const IpAddress source = ip("10.0.0.5");

Advertisement advertisement(int priority, int centiseconds, std::vector<IpAddress> addresses,
                            Version version = Version::v3) {
  return {version, Vrid::of(51), Priority::of(priority), Centiseconds{centiseconds},
          std::move(addresses)};
}

Advertisement one_second(int priority, Version version = Version::v3) {
  return advertisement(priority, 100, {ip("10.0.0.100")}, version);
}

Advertisement half_second(int priority) {
  return advertisement(priority, 50, {ip("10.0.0.100"), ip("10.0.0.101")});
}

// Of an IPv4 packet without options.
Octets message_in(const Octets& packet) {
  return {packet.begin() + 20, packet.end()};
}
Octets message_of(const Advertisement& advertisement, const Wire& wire = {source, group4}) {
  return message_in(encode(advertisement, wire));
}

}  // namespace

TEST_CASE("a v3 advertisement is octet for octet what keepalived sends") {
  CHECK(message_of(one_second(150)) == octets("31339601 0064 436f 0a000064"));
  CHECK(message_of(half_second(150)) == octets("31339602 0032 3937 0a000064 0a000065"));
}

TEST_CASE("a v3 advertisement of priority 0 is octet for octet what keepalived sends") {
  CHECK(message_of(one_second(0)) == octets("31330001 0064 d96f 0a000064"));
  CHECK(message_of(half_second(0)) == octets("31330002 0032 cf37 0a000064 0a000065"));
}

TEST_CASE("a v2 advertisement is octet for octet what keepalived sends, authentication data too") {
  CHECK(message_of(one_second(150, Version::v2)) ==
        octets("21339601 0001 3e66 0a000064 0000000000000000"));
  CHECK(message_of(one_second(0, Version::v2)) ==
        octets("21330001 0001 d466 0a000064 0000000000000000"));
}

TEST_CASE("a v2 advertisement with a password is octet for octet what keepalived sends") {
  const Wire wire{source, group4, ChecksumForm::pseudo_header,
                  PasswordAuthentication{make_password("s3cr3t78").value()}};
  const std::vector vips{ip("10.0.0.101"), ip("10.0.0.100"), ip("10.0.0.102")};
  CHECK(message_of(advertisement(150, 100, vips, Version::v2), wire) ==
        octets("21339603 0101 e746 0a000065 0a000064 0a000066 7333637233743738"));
  CHECK(message_of(advertisement(0, 100, vips, Version::v2), wire) ==
        octets("21330003 0101 7d47 0a000065 0a000064 0a000066 7333637233743738"));
}

TEST_CASE("a short password is padded with NUL, and the checksum covers it") {
  const Wire wire{source, group4, ChecksumForm::pseudo_header,
                  PasswordAuthentication{make_password("abc").value()}};
  const auto message = message_of(one_second(150, Version::v2), wire);
  CHECK(Octets(message.end() - 8, message.end()) == octets("616263 0000000000"));
  CHECK(checksum(message, ChecksumForm::message_only, source, group4) == 0);
}

TEST_CASE("a v3 advertisement over IPv6 is octet for octet what keepalived sends") {
  const Wire wire{ip("fe80::d863:36ff:fe69:ab9a"), group6};
  const std::vector vips{ip("fe80::100"), ip("2001:db8::100")};
  const auto addresses = "fe800000000000000000000000000100 20010db8000000000000000000000100";
  const auto header =
      "6c000000 0028 70 ff fe80000000000000d86336fffe69ab9a ff020000000000000000000000000012";
  CHECK(encode(advertisement(150, 100, vips), wire) ==
        octets(std::string{header} + "31339602 0064 5296" + addresses));
  CHECK(encode(advertisement(0, 100, vips), wire) ==
        octets(std::string{header} + "31330002 0064 e896" + addresses));
}

TEST_CASE("the IPv4 header is keepalived's, but for what the kernel fills in") {
  const auto packet = encode(one_second(150, Version::v2), {source, group4});
  CHECK(Octets(packet.begin(), packet.begin() + 20) ==
        octets("45c0 0028 0000 0000 ff70 0000 0a000005 e0000012"));
}

TEST_CASE("addresses keep the order of the configuration") {
  const auto message =
      message_of(advertisement(150, 100, {ip("10.0.0.101"), ip("10.0.0.100"), ip("10.0.0.102")}));
  CHECK(Octets(message.begin() + 8, message.end()) == octets("0a000065 0a000064 0a000066"));
}

TEST_CASE("the longest v3 interval fills twelve bits and leaves the reserved four at zero") {
  const auto message = message_of(advertisement(1, 4095, {ip("10.0.0.100")}));
  CHECK(message[4] == 0x0F);
  CHECK(message[5] == 0xFF);
}

TEST_CASE("a v2 interval is in seconds, up to 255") {
  CHECK(message_of(advertisement(1, 500, {ip("10.0.0.100")}, Version::v2))[5] == 5);
  CHECK(message_of(advertisement(1, 25500, {ip("10.0.0.100")}, Version::v2))[5] == 255);
}

TEST_CASE("255 addresses fit, and the count says so") {
  const std::vector all(255, ip("10.255.255.255"));
  const auto v3 = message_of(advertisement(100, 100, all));
  CHECK(v3.size() == 8 + 4 * 255);
  CHECK(v3[3] == 255);
  CHECK(checksum(v3, ChecksumForm::pseudo_header, source, group4) == 0);
  const auto v2 = message_of(advertisement(100, 100, all, Version::v2));
  CHECK(v2.size() == 16 + 4 * 255);
  const auto v6 =
      encode(advertisement(100, 100, std::vector(255, ip("2001:db8::1"))), {ip("fe80::1"), group6});
  CHECK(v6.size() == 40 + 8 + 16 * 255);
}

TEST_CASE("with the message-only form the captured advertisement is 2e03, as RFC 9568 5.2.8 asks") {
  CHECK(message_of(one_second(150), {source, group4, ChecksumForm::message_only}) ==
        octets("31339601 0064 2e03 0a000064"));
}

TEST_CASE("over IPv6 and in v2 there is one checksum, whatever form is asked for") {
  const Wire over_v6{ip("fe80::1"), group6};
  const auto v6 = advertisement(150, 100, {ip("fe80::100")});
  CHECK(encode(v6, {over_v6.source, group6, ChecksumForm::message_only}) == encode(v6, over_v6));
  const auto v2 = one_second(150, Version::v2);
  CHECK(message_of(v2, {source, group4, ChecksumForm::message_only}) == message_of(v2));
}

TEST_CASE("the pseudo-header holds the destination of the IPv4 header, a unicast one too") {
  const auto peer = ip("10.0.0.6");
  const auto message = message_of(one_second(150), {source, peer});
  CHECK(checksum(message, ChecksumForm::pseudo_header, source, peer) == 0);
  CHECK(checksum(message, ChecksumForm::pseudo_header, source, group4) != 0);
}

TEST_CASE("an odd number of octets is summed as if padded with zero") {
  CHECK(checksum(octets("010203"), ChecksumForm::message_only, source, group4) ==
        checksum(octets("01020300"), ChecksumForm::message_only, source, group4));
}

}  // namespace redvip::vrrp

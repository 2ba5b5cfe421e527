// What VRRPv2 believes where it differs from VRRPv3 (RFC 3768 section 7.1; vrrp.md section 2).
#include "catch.hpp"
#include "unit/vrrp/reception.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::changed;
using wire::expectation_v2;
using wire::group4;
using wire::hear;
using wire::ip;
using wire::octets;
using wire::resized;
using wire::sealed_v2;
using wire::verdict;
using wire::with_header;

const Octets captured = octets("21339601 0001 3e66 0a000064 0000000000000000");

std::string verdict(const Octets& message) {
  return verdict(with_header(message), expectation_v2());
}
Octets altered(std::size_t at, std::uint8_t value) {
  return sealed_v2(changed(captured, at, value));
}

}  // namespace

TEST_CASE("v2: an advertisement of keepalived is accepted and read as it was meant") {
  const auto received = hear(with_header(captured), expectation_v2());
  REQUIRE(received);
  CHECK(received->advertisement ==
        Advertisement{
            Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}});
  CHECK(received->disagreement.empty());
  Counters counters;
  counters.count(received);
  CHECK(counters.accepted == 1);
  CHECK(counters.message_only_checksum == 0);
}

TEST_CASE("v2: what encode writes, receive reads") {
  const Advertisement sent{Version::v2,
                           Vrid::of(51),
                           Priority::of(254),
                           Centiseconds{25500},
                           {ip("10.0.0.100"), ip("10.0.0.101")}};
  auto expected = expectation_v2();
  expected.addresses = sent.addresses;
  expected.interval = sent.max_advert_interval;
  const auto received = hear(encode(sent, {ip("10.0.0.5"), group4}), expected);
  REQUIRE(received);
  CHECK(received->advertisement == sent);
}

TEST_CASE("RFC 3768 7.1: the VRRP version MUST be 2") {
  CHECK(verdict(wire::sealed(octets("31339601 0064 0000 0a000064"))) == "version-error");
  CHECK(verdict(altered(0, 0x41)) == "version-error");
}

TEST_CASE("v2: the authentication data is always part of the message") {
  CHECK(verdict(sealed_v2(resized(captured, 12))) == "packet-length-error");
  for (const std::size_t length : {8U, 16U, 19U, 21U, 24U, 28U}) {
    CHECK(verdict(sealed_v2(resized(captured, length))) == "packet-length-error");
  }
}

TEST_CASE("v2: a CARP packet, which begins as VRRPv2 does, is rejected for its length") {
  const auto carp = sealed_v2(resized(octets("21330007 0001 0000"), 36));
  CHECK(verdict(carp) == "packet-length-error");
}

TEST_CASE("v2: the checksum is plain, and covers the authentication data") {
  CHECK(verdict(wire::sealed(captured)) == "checksum-error");
  for (std::size_t bit = 8 * 2; bit < 8 * captured.size(); ++bit) {
    if (bit / 8 == 3) continue;  // the count decides the length, which is checked before
    auto flipped = captured;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1 << bit % 8));
    CHECK(verdict(flipped) == "checksum-error");
  }
}

TEST_CASE("RFC 3768 7.1: another Adver Int MUST be discarded, and is told") {
  const auto rejected = hear(with_header(altered(5, 2)), expectation_v2());
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().reason == Reject::interval_mismatch);
  CHECK(rejected.error().detail == "interval 2 s, here 1 s");
  CHECK(verdict(altered(5, 0)) == "interval-error");
}

TEST_CASE("RFC 3768 7.1: other addresses MUST be dropped unless their owner sends them") {
  for (const auto addresses : {"0a000065", "0a000064 0a000065"}) {
    auto message = octets("21339601 0001 0000 " + std::string{addresses} + "0000000000000000");
    message[3] = static_cast<std::uint8_t>((message.size() - 16) / 4);
    CHECK(verdict(sealed_v2(message)) == "address-list-error");
    message[2] = 255;
    const auto received = hear(with_header(sealed_v2(message)), expectation_v2());
    REQUIRE(received);
    CHECK(received->addresses_differ);
  }
}

TEST_CASE("v2: what addresses differ is told with the rejection") {
  const auto message = sealed_v2(octets("21339601 0001 0000 0a000065 0000000000000000"));
  CHECK(hear(with_header(message), expectation_v2()).error().detail ==
        "advertises 10.0.0.101, which is not configured here; lacks 10.0.0.100");
}

TEST_CASE("v2: no addresses are other addresses") {
  CHECK(verdict(sealed_v2(octets("21339600 0001 0000 0000000000000000"))) == "address-list-error");
}

TEST_CASE("RFC 3768 7.1: an owner of the addresses discards what others advertise") {
  auto expected = expectation_v2();
  expected.priority = Priority::of(255);
  for (const int priority : {0, 1, 150, 255}) {
    const auto packet = with_header(altered(2, static_cast<std::uint8_t>(priority)));
    CHECK(verdict(packet, expected) == "owner-conflict");
  }
}

}  // namespace redvip::vrrp

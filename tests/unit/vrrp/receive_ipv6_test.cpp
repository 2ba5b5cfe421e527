// What VRRPv3 over IPv6 believes where it differs from IPv4 (RFC 9568 section 7.1).
#include "catch.hpp"
#include "unit/vrrp/reception.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::group6;
using wire::ip;
using wire::noon;
using wire::octets;

const IpAddress source = ip("fe80::d863:36ff:fe69:ab9a");

// Of keepalived, from that source.
const Octets captured =
    octets("31339602 0064 5296 fe800000000000000000000000000100 20010db8000000000000000000000100");

Expectation expectation() {
  auto expected = wire::expectation();
  expected.self = ip("fe80::1");
  expected.peers = {source};
  expected.addresses = {ip("fe80::100"), ip("2001:db8::100")};
  return expected;
}

struct Header {
  IpAddress from = source;
  IpAddress to = group6;
  std::uint8_t hop_limit = 255;
};

wire::Outcome hear(const Octets& message, const Expectation& expected = expectation(),
                   const Header& header = {}) {
  SequenceNumbers numbers;
  return receive({message, Datagram::Ipv6Header{header.from, header.to, header.hop_limit}},
                 expected, numbers, noon);
}

std::string verdict(const Octets& message, const Expectation& expected = expectation(),
                    const Header& header = {}) {
  return wire::verdict(hear(message, expected, header));
}

Octets sealed(Octets message, const Header& header = {}) {
  return wire::sealed(std::move(message), {.source = header.from, .destination = header.to});
}

// The first address is not link-local, as FRR may have it.
const Octets global_first = sealed(
    octets("31339602 0064 0000 20010db8000000000000000000000100 fe800000000000000000000000000100"));

}  // namespace

TEST_CASE("IPv6: an advertisement of keepalived is accepted and read as it was meant") {
  const auto received = hear(captured);
  REQUIRE(received);
  CHECK(received->advertisement == Advertisement{Version::v3,
                                                 Vrid::of(51),
                                                 Priority::of(150),
                                                 Centiseconds{100},
                                                 {ip("fe80::100"), ip("2001:db8::100")}});
  CHECK(received->source == source);
  CHECK_FALSE(received->first_not_link_local);
  CHECK(received->disagreement.empty());
}

TEST_CASE("IPv6: what encode writes, receive reads") {
  const Advertisement sent{
      Version::v3, Vrid::of(51), Priority::of(1), Centiseconds{4095}, {ip("fe80::100")}};
  auto packet = encode(sent, {source, group6});
  packet.erase(packet.begin(), packet.begin() + 40);  // the kernel keeps the IPv6 header
  const auto received = hear(packet);
  REQUIRE(received);
  CHECK(received->advertisement == sent);
}

TEST_CASE("RFC 9568 7.1: the Hop Limit MUST be 255") {
  for (int hops = 0; hops < 255; ++hops) {
    CHECK(verdict(captured, expectation(), {.hop_limit = static_cast<std::uint8_t>(hops)}) ==
          "ip-ttl-error");
  }
}

TEST_CASE("IPv6: a multicast advertisement has to go to ff02::12") {
  const Header elsewhere{.to = ip("fe80::1")};
  CHECK(verdict(sealed(captured, elsewhere), expectation(), elsewhere) == "destination-error");
}

TEST_CASE("IPv6: a unicast one has to go to our address, with any hop limit") {
  auto expected = expectation();
  expected.self = ip("2001:db8::1");
  expected.peers = {ip("2001:db8::5")};
  expected.unicast = true;
  const Header to_us{ip("2001:db8::5"), ip("2001:db8::1"), 60};
  CHECK(verdict(sealed(captured, to_us), expected, to_us) == "accepted");
  const Header to_group{ip("2001:db8::5"), group6};
  CHECK(verdict(sealed(captured, to_group), expected, to_group) == "destination-error");
}

TEST_CASE("IPv6: our own source and a stranger's are rejected") {
  const Header own{.from = ip("fe80::1")};
  CHECK(verdict(sealed(captured, own), expectation(), own) == "own-packet");
  const Header stranger{.from = ip("fe80::7")};
  CHECK(verdict(sealed(captured, stranger), expectation(), stranger) == "unknown-source");
}

TEST_CASE("IPv6: a message cut anywhere is rejected for its length") {
  for (std::size_t length = 0; length < captured.size(); ++length) {
    CHECK(verdict(wire::resized(captured, length)) == "packet-length-error");
  }
  CHECK(verdict(wire::resized(captured, captured.size() + 4)) == "packet-length-error");
}

TEST_CASE("IPv6: there is one form of the checksum, which covers the pseudo-header") {
  const auto message_only = wire::sealed(captured, {}, ChecksumForm::message_only);
  CHECK(verdict(message_only) == "checksum-error");
  CHECK(verdict(wire::changed(captured, 20, 1)) == "checksum-error");
  auto expected = expectation();
  expected.only_form = ChecksumForm::message_only;  // of IPv4
  CHECK(verdict(captured, expected) == "accepted");
}

TEST_CASE("IPv6: a count of 0 and an interval of 0 are rejected") {
  CHECK(verdict(sealed(octets("31339600 0064 0000"))) == "address-count-zero");
  CHECK(verdict(sealed(wire::changed(captured, 5, 0))) == "interval-zero");
}

TEST_CASE("erratum 8300: a first address that is not link-local is told and counted") {
  const auto received = hear(global_first);
  REQUIRE(received);
  CHECK(received->first_not_link_local);
  CHECK_FALSE(received->addresses_differ);
  Counters counters;
  counters.count(received);
  CHECK(counters.first_not_link_local == 1);
}

TEST_CASE("erratum 8300: where it is strict, that is rejected") {
  auto expected = expectation();
  expected.strict = true;
  CHECK(verdict(captured, expected) == "accepted");
  const auto rejected = hear(global_first, expected);
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().reason == Reject::first_address);
  CHECK(rejected.error().detail == "2001:db8::100");
}

TEST_CASE("IPv6: other addresses are told, never dropped") {
  auto expected = expectation();
  expected.addresses = {ip("fe80::100")};
  CHECK(hear(captured, expected)->disagreement ==
        "advertises 2001:db8::100, which is not configured here");
}

}  // namespace redvip::vrrp

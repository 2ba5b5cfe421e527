// What VRRPv3 over IPv4 believes (RFC 9568 section 7.1; vrrp.md section 2 has the rows).
#include "vrrp/receive.hpp"

#include <set>
#include <string>

#include "catch.hpp"
#include "unit/vrrp/reception.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::changed;
using wire::expectation;
using wire::group4;
using wire::ip;
using wire::octets;
using wire::resized;
using wire::sealed;
using wire::with_header;

const Octets captured = octets("31339601 0064 436f 0a000064");

Expectation unicast_expectation() {
  auto expected = expectation();
  expected.unicast = true;
  return expected;
}

Octets altered(std::size_t at, std::uint8_t value) {
  return sealed(changed(captured, at, value));
}

wire::Outcome hear(const Octets& packet, const Expectation& expected = expectation()) {
  return wire::hear(packet, expected);
}
bool accepted(const Octets& packet, const Expectation& expected = expectation()) {
  return hear(packet, expected).has_value();
}
std::string verdict(const Octets& packet, const Expectation& expected = expectation()) {
  return wire::verdict(packet, expected);
}

}  // namespace

TEST_CASE("an advertisement of keepalived is accepted and read as it was meant") {
  const auto received = hear(with_header(captured));
  REQUIRE(received);
  CHECK(received->advertisement ==
        Advertisement{
            Version::v3, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}});
  CHECK(received->source == ip("10.0.0.5"));
  CHECK(received->checksum_form == ChecksumForm::pseudo_header);
  CHECK_FALSE(received->addresses_differ);
  CHECK_FALSE(received->interval_differs);
}

TEST_CASE("what encode writes, receive reads, for every priority") {
  for (int priority = 0; priority <= 255; ++priority) {
    const Advertisement sent{Version::v3,
                             Vrid::of(51),
                             Priority::of(priority),
                             Centiseconds{4095},
                             {ip("10.0.0.100"), ip("255.255.255.255")}};
    const auto received = hear(encode(sent, {ip("10.0.0.5"), group4}));
    REQUIRE(received);
    CHECK(received->advertisement == sent);
  }
}

TEST_CASE("a packet cut anywhere is rejected for its length") {
  const auto whole = with_header(captured);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(verdict(resized(whole, length)) == "packet-length-error");
  }
}

TEST_CASE("a message shorter or longer than its address count is rejected for its length") {
  for (const std::size_t length : {0U, 7U}) {
    CHECK(verdict(with_header(resized(captured, length))) == "packet-length-error");
  }
  for (const std::size_t length : {8U, 11U, 13U, 16U, 20U}) {
    CHECK(verdict(with_header(sealed(resized(captured, length)))) == "packet-length-error");
  }
  CHECK(verdict(with_header(altered(3, 255))) == "packet-length-error");
}

TEST_CASE("a CARP packet, which shares our protocol number and group, is rejected") {
  // Version 2, type 1, vhid, advskew, authlen 7: 36 octets, just what 7 VRRPv3 addresses would be.
  const auto carp = resized(octets("21330007 0001 0000"), 36);
  CHECK(verdict(with_header(sealed(carp, {}, ChecksumForm::message_only))) == "version-error");
}

TEST_CASE("an IPv4 header that contradicts itself is rejected for its length") {
  auto not_ipv4 = with_header(captured);
  not_ipv4[0] = 0x65;
  CHECK(verdict(not_ipv4) == "packet-length-error");
  auto header_too_short = with_header(captured);
  header_too_short[0] = 0x44;
  CHECK(verdict(header_too_short) == "packet-length-error");
  auto header_past_the_end = with_header(captured);
  header_past_the_end[0] = 0x4F;
  CHECK(verdict(header_past_the_end) == "packet-length-error");
}

TEST_CASE("IPv4 options are skipped") {
  CHECK(accepted(with_header(captured, {.option_octets = 4})));
  CHECK(accepted(with_header(captured, {.option_octets = 40})));
}

TEST_CASE("padding after the total length is not part of the packet") {
  auto padded = with_header(captured);
  padded.resize(46, 0xFF);
  CHECK(accepted(padded));
}

TEST_CASE("a packet from our own address is rejected, whatever else it says") {
  const wire::IpHeader own{.source = ip("10.0.0.1")};
  CHECK(verdict(with_header(sealed(captured, own), own)) == "own-packet");
}

TEST_CASE("RFC 9568 7.1: the TTL MUST be 255") {
  for (int ttl = 0; ttl < 255; ++ttl) {
    CHECK(verdict(with_header(captured, {.ttl = static_cast<std::uint8_t>(ttl)})) ==
          "ip-ttl-error");
  }
}

TEST_CASE("in multicast mode a packet to a unicast address is rejected") {
  const wire::IpHeader unicast{.destination = ip("10.0.0.1")};
  CHECK(verdict(with_header(sealed(captured, unicast), unicast)) == "destination-error");
}

TEST_CASE("in unicast mode a packet to our address is accepted, with any TTL") {
  for (const std::uint8_t ttl : octets("01 40 fe ff")) {
    const wire::IpHeader unicast{.destination = ip("10.0.0.1"), .ttl = ttl};
    CHECK(accepted(with_header(sealed(captured, unicast), unicast), unicast_expectation()));
  }
}

TEST_CASE("in unicast mode a packet to the group, or to another address, is rejected") {
  for (const auto destination : {group4, ip("10.0.0.6")}) {
    const wire::IpHeader elsewhere{.destination = destination};
    CHECK(verdict(with_header(sealed(captured, elsewhere), elsewhere), unicast_expectation()) ==
          "destination-error");
  }
}

TEST_CASE("our VRID from an address that is not a node of the service is rejected") {
  const wire::IpHeader stranger{.source = ip("10.0.0.7")};
  CHECK(verdict(with_header(sealed(captured, stranger), stranger)) == "unknown-source");
}

TEST_CASE("every node of the service is believed") {
  const wire::IpHeader other{.source = ip("10.0.0.6")};
  const auto received = hear(with_header(sealed(captured, other), other));
  REQUIRE(received);
  CHECK(received->source == ip("10.0.0.6"));
}

TEST_CASE("RFC 9568 7.1: the VRRP version MUST be 3") {
  for (int version = 0; version < 16; ++version) {
    if (version == 3) continue;
    CHECK(verdict(with_header(altered(0, static_cast<std::uint8_t>(version << 4 | 1)))) ==
          "version-error");
  }
}

TEST_CASE("RFC 9568 5.2.2: a packet with unknown type MUST be discarded") {
  for (int type = 0; type < 16; ++type) {
    if (type == 1) continue;
    CHECK(verdict(with_header(altered(0, static_cast<std::uint8_t>(3 << 4 | type)))) ==
          "invalid-type");
  }
}

TEST_CASE("RFC 9568 7.1: the VRID MUST be configured on the interface") {
  for (int vrid = 0; vrid < 256; ++vrid) {
    if (vrid == 51) continue;
    CHECK(verdict(with_header(altered(1, static_cast<std::uint8_t>(vrid)))) == "vrid-error");
  }
}

TEST_CASE("another virtual router is blamed for its VRID only, whatever else it does") {
  auto foreign = altered(1, 52);
  foreign[6] = static_cast<std::uint8_t>(~foreign[6]);
  for (const int first : {0x31, 0x21, 0x3F}) {  // another version, another type
    foreign[0] = static_cast<std::uint8_t>(first);
    CHECK(verdict(with_header(foreign, {.source = ip("10.0.0.7")})) == "vrid-error");
  }
}

TEST_CASE("whatever is rejected after the VRID is about our virtual router, its version too") {
  CHECK(Reject::vrid < Reject::version);
  CHECK(Reject::version < Reject::unknown_source);
}

TEST_CASE("RFC 9568 7.1: the checksum is verified: any flipped bit of the message is noticed") {
  for (std::size_t bit = 8 * 2; bit < 8 * captured.size(); ++bit) {
    if (bit / 8 == 3) continue;  // the count decides the length, which is checked before
    auto flipped = captured;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1 << bit % 8));
    CHECK(verdict(with_header(flipped)) == "checksum-error");
  }
}

TEST_CASE("a checksum of zero does not mean 'not computed'") {
  CHECK(verdict(with_header(octets("31339601 0064 0000 0a000064"))) == "checksum-error");
}

TEST_CASE("a message-only checksum is accepted and counted") {
  const auto received = hear(with_header(octets("31339601 0064 2e03 0a000064")));
  REQUIRE(received);
  CHECK(received->checksum_form == ChecksumForm::message_only);
  Counters counters;
  counters.count(received);
  CHECK(counters.message_only_checksum == 1);
}

TEST_CASE("RFC 9568 5.2.5: an address count of 0 MUST be ignored") {
  CHECK(verdict(with_header(sealed(octets("31339600 0064 0000")))) == "address-count-zero");
}

TEST_CASE("RFC 9568 erratum 8301: a Max Advertise Interval of 0 MUST be discarded") {
  CHECK(verdict(with_header(altered(5, 0))) == "interval-zero");
}

TEST_CASE("RFC 9568 5.2.6: the reserved bits are ignored, even around an interval of 0") {
  const auto received = hear(with_header(altered(4, 0xF0)));
  REQUIRE(received);
  CHECK(received->advertisement.max_advert_interval == Centiseconds{100});
  CHECK(verdict(with_header(sealed(octets("31339601 f000 0000 0a000064")))) == "interval-zero");
}

TEST_CASE("RFC 9568 7.1: another interval is told, never dropped") {
  const auto received = hear(with_header(altered(5, 50)));
  REQUIRE(received);
  CHECK(received->interval_differs);
  CHECK(received->advertisement.max_advert_interval == Centiseconds{50});
}

TEST_CASE("RFC 9568 7.1: other addresses are told, never dropped") {
  for (const auto addresses : {"0a000065", "0a000064 0a000065"}) {
    auto message = octets("31339601 0064 0000 " + std::string{addresses});
    message[3] = static_cast<std::uint8_t>((message.size() - 8) / 4);
    const auto received = hear(with_header(sealed(message)));
    REQUIRE(received);
    CHECK(received->addresses_differ);
  }
}

TEST_CASE("the same addresses in another order are the same") {
  auto expected = expectation();
  expected.addresses = {ip("10.0.0.100"), ip("10.0.0.101")};
  for (const auto addresses : {"0a000064 0a000065", "0a000065 0a000064"}) {
    const auto message = sealed(octets("31339602 0064 0000 " + std::string{addresses}));
    const auto received = hear(with_header(message), expected);
    REQUIRE(received);
    CHECK_FALSE(received->addresses_differ);
  }
}

TEST_CASE("where one checksum form is asked for, the other is rejected") {
  const auto pseudo_header = with_header(captured);
  const auto message_only = with_header(octets("31339601 0064 2e03 0a000064"));
  auto expected = expectation();
  expected.only_form = ChecksumForm::pseudo_header;
  CHECK(verdict(pseudo_header, expected) == "accepted");
  CHECK(verdict(message_only, expected) == "checksum-error");
  expected.only_form = ChecksumForm::message_only;
  CHECK(verdict(pseudo_header, expected) == "checksum-error");
  CHECK(verdict(message_only, expected) == "accepted");
}

TEST_CASE("any source is believed where that is asked for, but our own never") {
  auto expected = expectation();
  expected.any_source = true;
  for (const auto source : {"10.0.0.7", "192.168.9.9"}) {
    const wire::IpHeader stranger{.source = ip(source)};
    CHECK(verdict(with_header(sealed(captured, stranger), stranger), expected) == "accepted");
  }
  const wire::IpHeader own{.source = ip("10.0.0.1")};
  CHECK(verdict(with_header(sealed(captured, own), own), expected) == "own-packet");
}

TEST_CASE("a rejection names the source, and what was found where that says more") {
  const auto rejected = hear(with_header(altered(0, 0x21)));
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().source == ip("10.0.0.5"));
  CHECK(rejected.error().detail == "version 2, here 3");
  CHECK(hear(with_header(captured, {.ttl = 254})).error().detail == "254");
}

TEST_CASE("what disagrees is told field by field") {
  const auto message = sealed(octets("31339602 000a 0000 0a000009 0a000008"));
  const auto received = hear(with_header(message));
  REQUIRE(received);
  CHECK(received->disagreement ==
        "advertises 10.0.0.9, 10.0.0.8, which are not configured here; lacks 10.0.0.100; "
        "interval 100 ms, here 1 s");
  CHECK(hear(with_header(captured))->disagreement.empty());
}

TEST_CASE("an address that is advertised twice is told") {
  const auto received = hear(with_header(sealed(octets("31339602 0064 0000 0a000064 0a000064"))));
  REQUIRE(received);
  CHECK(received->disagreement == "advertises an address twice");
}

TEST_CASE("erratum 8298: to an owner of the addresses, another one is told and counted") {
  auto expected = expectation();
  expected.priority = Priority::of(255);
  const auto received = hear(with_header(altered(2, 255)), expected);
  REQUIRE(received);
  CHECK(received->duplicate_owner);
  Counters counters;
  counters.count(received);
  CHECK(counters.duplicate_owner == 1);
  CHECK_FALSE(hear(with_header(captured), expected)->duplicate_owner);
  CHECK_FALSE(hear(with_header(altered(2, 255)))->duplicate_owner);
}

TEST_CASE("RFC 9568 8.3.2: our own priority, advertised by another, is told") {
  CHECK(hear(with_header(altered(2, 100)))->same_priority);
  CHECK_FALSE(hear(with_header(altered(2, 101)))->same_priority);
}

TEST_CASE("an advertisement of priority 0 is counted") {
  Counters counters;
  counters.count(hear(with_header(altered(2, 0))));
  counters.count(hear(with_header(captured)));
  CHECK(counters.priority_zero == 1);
}

TEST_CASE("each reason to reject has a name and a counter of its own") {
  std::set<std::string_view> names;
  Counters counters;
  for (std::size_t i = 0; i < reject_count; ++i) {
    const auto reason = static_cast<Reject>(i);
    names.insert(name(reason));
    const wire::Outcome outcome = tl::unexpected<Rejected>(Rejected{reason, {}, {}});
    for (std::size_t times = 0; times <= i; ++times) counters.count(outcome);
    CHECK(counters.of(reason) == i + 1);
  }
  CHECK(names.size() == reject_count);
  CHECK(names.count("") == 0);
  CHECK(counters.accepted == 0);
}

TEST_CASE("an accepted advertisement is counted, and its oddities too") {
  Counters counters;
  counters.count(hear(with_header(captured)));
  CHECK(counters.accepted == 1);
  CHECK(counters.message_only_checksum + counters.addresses_differ + counters.interval_differs ==
        0);
  counters.count(hear(with_header(sealed(octets("31339601 0032 0000 0a000065")))));
  CHECK(counters.accepted == 2);
  CHECK(counters.addresses_differ == 1);
  CHECK(counters.interval_differs == 1);
  CHECK(counters.rejected == Counters{}.rejected);
}

TEST_CASE(
    "a packet says which router it is of whatever else is wrong with it, if it is long enough") {
  const auto of = [](const Octets& packet) { return vrid_of({packet, std::nullopt}); };
  CHECK(of(with_header(captured)) == 51);
  CHECK(of(with_header(changed(captured, 1, 52))) == 52);  // its checksum is wrong
  const auto whole = with_header(captured);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}) == std::nullopt);
  }
  const Datagram::Ipv6Header header{ip("fe80::1"), ip("ff02::12"), 255};
  CHECK(vrid_of({captured, header}) == 51);
}

}  // namespace redvip::vrrp

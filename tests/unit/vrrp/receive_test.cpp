#include "vrrp/receive.hpp"

#include <set>
#include <string>

#include "catch.hpp"
#include "unit/vrrp/wire.hpp"

namespace redvip::vrrp {
namespace {

using wire::ip;
using wire::octets;
using wire::Octets;
using wire::sealed;
using wire::with_header;

const Octets captured = octets("31339601 0064 436f 0a000064");

Expectation expectation() {
  return {Vrid::of(51),
          {ip("10.0.0.100")},
          Centiseconds{100},
          ip("10.0.0.1"),
          {ip("10.0.0.5"), ip("10.0.0.6")},
          false};
}

Expectation unicast_expectation() {
  auto expected = expectation();
  expected.unicast = true;
  return expected;
}

Octets changed(std::size_t at, std::uint8_t value) {
  auto message = captured;
  message[at] = value;
  return sealed(message);
}

Octets resized(Octets octets, std::size_t length) {
  octets.resize(length);
  return octets;
}

bool accepted(const Octets& packet, const Expectation& expected = expectation()) {
  return receive(packet, expected).has_value();
}

// The reason, or "accepted": a failing test then says what happened instead.
std::string_view verdict(const Octets& packet, const Expectation& expected = expectation()) {
  const auto received = receive(packet, expected);
  return received ? "accepted" : name(received.error());
}

}  // namespace

TEST_CASE("an advertisement of keepalived is accepted and read as it was meant") {
  const auto received = receive(with_header(captured), expectation());
  REQUIRE(received);
  CHECK(received->advertisement ==
        Advertisement{Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}});
  CHECK(received->source == ip("10.0.0.5"));
  CHECK(received->checksum_form == ChecksumForm::pseudo_header);
  CHECK_FALSE(received->addresses_differ);
  CHECK_FALSE(received->interval_differs);
}

TEST_CASE("what encode writes, receive reads, for every priority") {
  for (int priority = 0; priority <= 255; ++priority) {
    const Advertisement sent{Vrid::of(51),
                             Priority::of(priority),
                             Centiseconds{4095},
                             {ip("10.0.0.100"), ip("255.255.255.255")}};
    const auto received =
        receive(with_header(encode(sent, ip("10.0.0.5"), multicast_group)), expectation());
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
  CHECK(verdict(with_header(changed(3, 255))) == "packet-length-error");
}

TEST_CASE("a CARP packet, which shares our protocol number and group, is rejected") {
  // Version 2, type 1, vhid, advskew, authlen 7: 36 octets, just what 7 VRRPv3 addresses would be.
  auto carp = resized(octets("21330007 0001 0000"), 36);
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
  for (const auto destination : {multicast_group, ip("10.0.0.6")}) {
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
  const auto received = receive(with_header(sealed(captured, other), other), expectation());
  REQUIRE(received);
  CHECK(received->source == ip("10.0.0.6"));
}

TEST_CASE("RFC 9568 7.1: the VRRP version MUST be 3") {
  for (int version = 0; version < 16; ++version) {
    if (version == 3) continue;
    CHECK(verdict(with_header(changed(0, static_cast<std::uint8_t>(version << 4 | 1)))) ==
          "version-error");
  }
}

TEST_CASE("RFC 9568 5.2.2: a packet with unknown type MUST be discarded") {
  for (int type = 0; type < 16; ++type) {
    if (type == 1) continue;
    CHECK(verdict(with_header(changed(0, static_cast<std::uint8_t>(3 << 4 | type)))) ==
          "invalid-type");
  }
}

TEST_CASE("RFC 9568 7.1: the VRID MUST be configured on the interface") {
  for (int vrid = 0; vrid < 256; ++vrid) {
    if (vrid == 51) continue;
    CHECK(verdict(with_header(changed(1, static_cast<std::uint8_t>(vrid)))) == "vrid-error");
  }
}

TEST_CASE("another virtual router is blamed for its VRID only, not for its source or checksum") {
  auto foreign = changed(1, 52);
  foreign[6] = static_cast<std::uint8_t>(~foreign[6]);
  CHECK(verdict(with_header(foreign, {.source = ip("10.0.0.7")})) == "vrid-error");
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
  const auto received = receive(with_header(octets("31339601 0064 2e03 0a000064")), expectation());
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
  CHECK(verdict(with_header(changed(5, 0))) == "interval-zero");
}

TEST_CASE("RFC 9568 5.2.6: the reserved bits are ignored, even around an interval of 0") {
  const auto received = receive(with_header(changed(4, 0xF0)), expectation());
  REQUIRE(received);
  CHECK(received->advertisement.max_advert_interval == Centiseconds{100});
  CHECK(verdict(with_header(sealed(octets("31339601 f000 0000 0a000064")))) == "interval-zero");
}

TEST_CASE("RFC 9568 7.1: another interval is told, never dropped") {
  const auto received = receive(with_header(changed(5, 50)), expectation());
  REQUIRE(received);
  CHECK(received->interval_differs);
  CHECK(received->advertisement.max_advert_interval == Centiseconds{50});
}

TEST_CASE("RFC 9568 7.1: other addresses are told, never dropped") {
  for (const auto addresses : {"0a000065", "0a000064 0a000065"}) {
    auto message = octets("31339601 0064 0000 " + std::string{addresses});
    message[3] = static_cast<std::uint8_t>((message.size() - 8) / 4);
    const auto received = receive(with_header(sealed(message)), expectation());
    REQUIRE(received);
    CHECK(received->addresses_differ);
  }
}

TEST_CASE("the same addresses in another order are the same") {
  auto expected = expectation();
  expected.addresses = {ip("10.0.0.100"), ip("10.0.0.101")};
  for (const auto addresses : {"0a000064 0a000065", "0a000065 0a000064"}) {
    const auto message = sealed(octets("31339602 0064 0000 " + std::string{addresses}));
    const auto received = receive(with_header(message), expected);
    REQUIRE(received);
    CHECK_FALSE(received->addresses_differ);
  }
}

TEST_CASE("each reason to reject has a name and a counter of its own") {
  std::set<std::string_view> names;
  Counters counters;
  for (std::size_t i = 0; i < reject_count; ++i) {
    const auto reason = static_cast<Reject>(i);
    names.insert(name(reason));
    for (std::size_t times = 0; times <= i; ++times) counters.count(tl::unexpected(reason));
    CHECK(counters.of(reason) == i + 1);
  }
  CHECK(names.size() == reject_count);
  CHECK(names.count("") == 0);
  CHECK(counters.accepted == 0);
}

TEST_CASE("an accepted advertisement is counted, and its oddities too") {
  Counters counters;
  counters.count(receive(with_header(captured), expectation()));
  CHECK(counters.accepted == 1);
  CHECK(counters.message_only_checksum + counters.addresses_differ + counters.interval_differs ==
        0);
  counters.count(
      receive(with_header(sealed(octets("31339601 0032 0000 0a000065"))), expectation()));
  CHECK(counters.accepted == 2);
  CHECK(counters.addresses_differ == 1);
  CHECK(counters.interval_differs == 1);
  CHECK(counters.rejected == Counters{}.rejected);
}

}  // namespace redvip::vrrp

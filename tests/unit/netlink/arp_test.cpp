#include "netlink/arp.hpp"

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::netlink;

namespace {

const Mac mac{0x02, 0x00, 0x00, 0xaa, 0xbb, 0xcc};
const IpAddress vip{0x0a4d0064};  // 10.77.0.100

// The form that keepalived and FRR put on the wire (vrrp.md 1.3).
const ArpFrame golden{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0xaa, 0xbb,
                      0xcc, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,
                      0x02, 0x00, 0x00, 0xaa, 0xbb, 0xcc, 10,   77,   0,    100,  0xff,
                      0xff, 0xff, 0xff, 0xff, 0xff, 10,   77,   0,    100};

std::optional<ArpAnnouncement> parse_with(std::size_t offset, std::uint8_t value) {
  auto frame = golden;
  frame.at(offset) = value;
  return parse_arp(frame);
}

}  // namespace

TEST_CASE("a gratuitous ARP is byte for byte what keepalived sends") {
  CHECK(gratuitous_arp(mac, vip) == golden);
}

TEST_CASE("a gratuitous ARP is read back") {
  const auto heard = parse_arp(golden);
  REQUIRE(heard);
  CHECK(*heard == ArpAnnouncement{mac, vip, vip});
  CHECK(heard->gratuitous());
}

TEST_CASE("a probe asks for the address and has none itself") {
  ArpFrame expected = golden;
  std::fill(expected.begin() + 28, expected.begin() + 38, std::uint8_t{0});
  CHECK(arp_probe(mac, vip) == expected);
}

TEST_CASE("an ordinary ARP request is no gratuitous one") {
  const auto heard = parse_with(41, 1);
  REQUIRE(heard);
  CHECK(heard->target_ip == IpAddress{0x0a4d0001});
  CHECK_FALSE(heard->gratuitous());
}

TEST_CASE("an ARP reply is heard like a request") {
  CHECK(parse_with(21, 2));
}

TEST_CASE("the padding of a short Ethernet frame is ignored") {
  std::vector<std::uint8_t> padded(golden.begin(), golden.end());
  padded.resize(60, 0xee);
  CHECK(parse_arp(padded) == ArpAnnouncement{mac, vip, vip});
}

TEST_CASE("a cut-off ARP frame of any length is refused") {
  for (std::size_t size = 0; size < golden.size(); ++size) {
    const std::vector<std::uint8_t> cut(golden.data(), golden.data() + size);
    CHECK_FALSE(parse_arp(cut));
  }
}

TEST_CASE("what is not an IPv4-over-Ethernet ARP request or reply is refused") {
  CHECK_FALSE(parse_with(13, 0x00));  // EtherType IPv4
  CHECK_FALSE(parse_with(15, 0x06));  // hardware IEEE 802
  CHECK_FALSE(parse_with(16, 0x86));  // protocol not IPv4
  CHECK_FALSE(parse_with(18, 8));     // hardware address length
  CHECK_FALSE(parse_with(19, 16));    // protocol address length
  CHECK_FALSE(parse_with(20, 1));     // operation 257
  CHECK_FALSE(parse_with(21, 0));
  CHECK_FALSE(parse_with(21, 3));  // RARP request
}

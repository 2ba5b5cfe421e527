#include "netlink/neighbour.hpp"

#include "catch.hpp"
#include "netlink/arp.hpp"
#include "netlink/ndisc.hpp"

using namespace redvip;
using namespace redvip::netlink;

namespace {

const Mac mac{0x02, 0x00, 0x00, 0xaa, 0xbb, 0xcc};
const IpAddress v4 = IpAddress::parse("10.77.0.100").value();
const IpAddress v6 = IpAddress::parse("2001:db8::100").value();

Frame copy(const auto& frame) {
  return {frame.begin(), frame.end()};
}

}  // namespace

TEST_CASE("an address is announced and asked for in the way of its family") {
  CHECK(announcement(mac, v4, true) == copy(gratuitous_arp(mac, v4)));
  CHECK(announcement(mac, v6, true) == copy(unsolicited_advertisement(mac, v6, true)));
  CHECK(announcement(mac, v6, false) == copy(unsolicited_advertisement(mac, v6, false)));
  CHECK(probe(mac, v4) == copy(arp_probe(mac, v4)));
  CHECK(probe(mac, v6) == copy(probing_solicitation(mac, v6)));
}

TEST_CASE("an announcement is a claim, a probe is none") {
  const auto address = GENERATE(as<IpAddress>{}, v4, v6);
  CAPTURE(address.text());
  CHECK(parse_claim(announcement(mac, address, false)) == Claim{mac, address});
  CHECK_FALSE(parse_claim(probe(mac, address)));
}

TEST_CASE("an ordinary ARP request claims its sender's address") {
  auto frame = gratuitous_arp(mac, v4);
  frame.back() = 1;
  CHECK(parse_claim(frame) == Claim{mac, v4});
}

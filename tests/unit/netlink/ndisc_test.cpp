#include "netlink/ndisc.hpp"

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::netlink;

namespace {

const Mac mac{0x02, 0x00, 0x00, 0xaa, 0xbb, 0xcc};
const IpAddress vip = IpAddress::parse("2001:db8::ab:cdef").value();

// keepalived's form (vrrp.md 1.3); with_checksum() puts the checksum in.
const std::vector<std::uint8_t> golden{
    0x33, 0x33, 0, 0, 0, 1, 0x02, 0, 0, 0xaa, 0xbb, 0xcc, 0x86, 0xdd,  // Ethernet
    0x60, 0, 0, 0, 0, 32, 58, 255,                                     // IPv6
    0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0xef, 0xff, 0x02, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 1, 136, 0, 0, 0, 0x20, 0, 0, 0,  // advertisement, the
                                                             // checksum put in below, O
    0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0xef, 2, 1, 0x02, 0, 0, 0xaa,
    0xbb, 0xcc};

// RFC 4443 section 2.3, written another way than the code under test does.
std::vector<std::uint8_t> with_checksum(std::vector<std::uint8_t> frame) {
  const std::size_t length = frame.at(18) * 256U + frame.at(19);
  frame.at(56) = frame.at(57) = 0;
  std::vector<std::uint8_t> summed(frame.begin() + 22, frame.begin() + 54);
  summed.insert(summed.end(), {0, 0, frame.at(18), frame.at(19), 0, 0, 0, 58});
  const auto end = std::min<std::size_t>(frame.size(), 54 + length);
  summed.insert(summed.end(), frame.begin() + 54, frame.begin() + static_cast<long>(end));
  if (summed.size() % 2 != 0) summed.push_back(0);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < summed.size(); i += 2) {
    sum += summed[i] * 256U + summed[i + 1];
    if (sum > 0xffff) sum -= 0xffff;
  }
  const std::uint32_t complement = sum ^ 0xffff;
  frame.at(56) = static_cast<std::uint8_t>(complement / 256);
  frame.at(57) = static_cast<std::uint8_t>(complement % 256);
  return frame;
}

using Change = std::pair<std::size_t, std::uint8_t>;

std::optional<NeighbourAdvertisement> parse_with(const std::vector<Change>& changes) {
  auto frame = golden;
  for (const auto& [offset, value] : changes) frame.at(offset) = value;
  return parse_advertisement(with_checksum(frame));
}

}  // namespace

TEST_CASE("an unsolicited advertisement is byte for byte what keepalived sends") {
  const auto frame = unsolicited_advertisement(mac, vip, false);
  CHECK(std::vector<std::uint8_t>(frame.begin(), frame.end()) == with_checksum(golden));
}

TEST_CASE("the advertisement of a router differs by its flag") {
  auto expected = golden;
  expected.at(58) = 0xa0;
  const auto frame = unsolicited_advertisement(mac, vip, true);
  CHECK(std::vector<std::uint8_t>(frame.begin(), frame.end()) == with_checksum(expected));
}

TEST_CASE("a probe asks the solicited-node group from the unspecified address") {
  const std::vector<std::uint8_t> expected{
      0x33, 0x33, 0xff, 0xab, 0xcd, 0xef, 0x02, 0, 0, 0xaa, 0xbb, 0xcc, 0x86, 0xdd, 0x60, 0,
      0,    0,    0,    24,   58,   255,                                                         //
      0,    0,    0,    0,    0,    0,    0,    0, 0, 0,    0,    0,    0,    0,    0,    0,     //
      0xff, 0x02, 0,    0,    0,    0,    0,    0, 0, 0,    0,    1,    0xff, 0xab, 0xcd, 0xef,  //
      135,  0,    0,    0,    0,    0,    0,    0,                                               //
      0x20, 0x01, 0x0d, 0xb8, 0,    0,    0,    0, 0, 0,    0,    0,    0,    0xab, 0xcd, 0xef};
  const auto frame = probing_solicitation(mac, vip);
  CHECK(std::vector<std::uint8_t>(frame.begin(), frame.end()) == with_checksum(expected));
}

TEST_CASE("an advertisement is read back") {
  const auto router = GENERATE(false, true);
  CHECK(parse_advertisement(unsolicited_advertisement(mac, vip, router)) ==
        NeighbourAdvertisement{mac, vip});
}

TEST_CASE("an answer to a probe is heard like an announcement") {
  CHECK(parse_with({{58, 0x20}}));
  CHECK(parse_with({{38, 0xfe}, {39, 0x80}, {58, 0x60}}));  // to one who asked from fe80::1
}

TEST_CASE("an advertisement without the option is its Ethernet sender's") {
  auto frame = golden;
  frame.resize(78);
  frame.at(19) = 24;
  frame.at(11) = 0xdd;
  const auto heard = parse_advertisement(with_checksum(frame));
  REQUIRE(heard);
  CHECK(text(heard->sender_mac) == "02:00:00:aa:bb:dd");
}

TEST_CASE("other options are passed over, before and after") {
  auto frame = golden;
  const std::vector<std::uint8_t> nonce{14, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  frame.insert(frame.begin() + 78, nonce.begin(), nonce.end());
  frame.insert(frame.end(), nonce.begin(), nonce.end());
  frame.at(19) = 64;
  CHECK(parse_advertisement(with_checksum(frame)) == NeighbourAdvertisement{mac, vip});
}

TEST_CASE("padding after the packet is ignored") {
  auto frame = with_checksum(golden);
  frame.resize(frame.size() + 20, 0xee);
  CHECK(parse_advertisement(frame) == NeighbourAdvertisement{mac, vip});
}

TEST_CASE("an advertisement with one bit changed is refused, except in what no checksum covers") {
  const auto frame = with_checksum(golden);
  REQUIRE(parse_advertisement(frame));
  for (std::size_t bit = 8 * 22; bit < 8 * frame.size(); ++bit) {
    auto changed = frame;
    changed.at(bit / 8) ^= static_cast<std::uint8_t>(1U << bit % 8);
    CAPTURE(bit);
    CHECK_FALSE(parse_advertisement(changed));
  }
}

TEST_CASE("a cut-off advertisement of any length is refused") {
  const auto frame = with_checksum(golden);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CHECK_FALSE(parse_advertisement(std::span{frame}.first(size)));
  }
}

TEST_CASE("a payload length that the packet does not have is refused") {
  for (int length = 0; length < 256; ++length) {
    if (length == 32 || length == 24) continue;  // whole; without its option
    CAPTURE(length);
    CHECK_FALSE(parse_with({{19, static_cast<std::uint8_t>(length)}}));
  }
}

TEST_CASE("what is not a valid neighbour advertisement is refused") {
  CHECK_FALSE(parse_with({{12, 0x08}}));  // EtherType
  CHECK_FALSE(parse_with({{14, 0x40}}));  // version
  CHECK_FALSE(parse_with({{20, 0}}));     // an extension header
  CHECK_FALSE(parse_with({{21, 254}}));   // it was forwarded
  CHECK_FALSE(parse_with({{54, 135}}));   // solicitation
  CHECK_FALSE(parse_with({{55, 1}}));     // code
  CHECK_FALSE(parse_with({{58, 0x60}}));  // solicited, but to all
  CHECK_FALSE(parse_with({{62, 0xff}}));  // a group as target
  CHECK_FALSE(parse_with({{79, 0}}));     // an option of no length
  CHECK_FALSE(parse_with({{79, 2}}));     // an option beyond the end
}

// Octets captured from keepalived 2.2.7 (vrrp.md 1.3), and those of keepalived's own test of
// auth_hmac (test/auth_hmac_test.c, which has them from the appendix of its draft).
#include "vrrp/authentication.hpp"

#include "catch.hpp"
#include "unit/vrrp/wire.hpp"
#include "vrrp/ah.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::group4;
using wire::ip;
using wire::octets;

const WallTime noon{Seconds{1'800'000'000}};
const auto one_second = std::chrono::microseconds{1'000'000};

Authentication ah() {
  return AhAuthentication{make_password("s3cr3t78").value()};
}

HmacAuthentication hmac() {
  Octets key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return {{{1, key}}, 1};
}

Authentication monotonic() {
  auto result = hmac();
  result.window = std::nullopt;
  return result;
}

constexpr std::uint64_t of_draft = 0x6800000080000000;

Advertisement advertisement_of_draft(IpAddress address) {
  return {Version::v3, Vrid::of(51), Priority::of(200), Centiseconds{100}, {address}};
}

}  // namespace

TEST_CASE("a password has one to eight octets and is padded with NUL") {
  CHECK(make_password("abc") == Password{'a', 'b', 'c'});
  CHECK(make_password("s3cr3t78").has_value());
  CHECK_FALSE(make_password("").has_value());
  CHECK_FALSE(make_password("s3cr3t789").has_value());
}

TEST_CASE(
    "an AH packet is octet for octet what keepalived sends, but for what the kernel fills in") {
  const Advertisement advertisement{
      Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
  CHECK(encode(advertisement, {ip("10.0.0.5"), group4, {}, ah(), 1}) ==
        octets("45c00040 0001 0000 ff33 0000 0a000005 e0000012"
               "70040000 0a000005 00000001 866150943b894faa0ecaaa1b"
               "21339601 0201 3c66 0a000064 0000000000000000"));
}

TEST_CASE("the ICV does not depend on what routers change, but on all else") {
  const auto packet =
      encode({Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}},
             {ip("10.0.0.5"), group4, {}, ah(), 1});
  const auto password = make_password("s3cr3t78").value();
  const auto icv = integrity_check_value(packet, password);
  REQUIRE(icv.size() == 12);
  for (std::size_t at = 1; at < packet.size(); ++at) {
    const bool mutable_field = at == 1 || at == 6 || at == 7 || at == 10 || at == 11;
    const bool icv_itself = at >= 32 && at < 44;
    const auto changed = wire::changed(packet, at, static_cast<std::uint8_t>(packet[at] ^ 1));
    INFO(at);
    CHECK((integrity_check_value(changed, password) == icv) == (mutable_field || icv_itself));
  }
}

TEST_CASE("the ICV covers the TTL of a multicast packet only, as keepalived has it") {
  const Advertisement advertisement{
      Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
  const auto password = make_password("s3cr3t78").value();
  for (const auto& destination : {group4, ip("10.0.0.6")}) {
    const auto packet = encode(advertisement, {ip("10.0.0.5"), destination, {}, ah(), 1});
    const auto routed = wire::changed(packet, 8, 254);
    CHECK((integrity_check_value(packet, password) == integrity_check_value(routed, password)) ==
          !destination.multicast());
  }
}

TEST_CASE("an AH packet never leaves its identification to the kernel, which the ICV covers") {
  const Advertisement advertisement{
      Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
  const auto packet = encode(advertisement, {ip("10.0.0.5"), group4, {}, ah(), 0x10000});
  CHECK(read_u16(packet, 4) == 1);
}

TEST_CASE("the trailer of auth_hmac over IPv4 is octet for octet that of keepalived's draft") {
  const Wire wire{ip("198.51.100.10"), group4, ChecksumForm::message_only, hmac(), of_draft};
  const auto packet = encode(advertisement_of_draft(ip("192.0.2.100")), wire);
  CHECK(Octets(packet.begin() + 20, packet.end()) ==
        octets("3133c8010064 4402 c0000264 01010000 6800000080000000"
               "1b84bc4e8e43892dc6d98448f8ee2265"));
}

TEST_CASE("the trailer over IPv6 is that of the draft, and the checksum covers it") {
  const Wire wire{ip("fe80::10"), ip("fe80::20"), {}, hmac(), of_draft};
  const auto packet = encode(advertisement_of_draft(ip("fe80::100")), wire);
  CHECK(Octets(packet.begin() + 40, packet.end()) ==
        octets("3133c8010064 a2e9 fe800000000000000000000000000100 01010000 6800000080000000"
               "c8c56146ebfd66ee10ec4d8186461b78"));
}

TEST_CASE("a receive-only sender does not sign") {
  auto receive_only = hmac();
  receive_only.mode = HmacAuthentication::Mode::receive_only;
  const auto advertisement = advertisement_of_draft(ip("192.0.2.100"));
  CHECK(encode(advertisement, {ip("10.0.0.5"), group4, {}, receive_only, 1}) ==
        encode(advertisement, {ip("10.0.0.5"), group4}));
}

TEST_CASE("without sequence numbers in the protocol, 0 is sent") {
  SequenceNumbers numbers;
  CHECK(numbers.next(NoAuthentication{}, noon) == 0);
  CHECK(numbers.next(PasswordAuthentication{}, noon) == 0);
}

TEST_CASE("ah: a sequence number is the second of UTC, or one more than the last") {
  SequenceNumbers numbers;
  CHECK(numbers.next(ah(), noon) == 1'800'000'000);
  CHECK(numbers.next(ah(), noon) == 1'800'000'001);
  CHECK(numbers.next(ah(), noon + 10 * one_second) == 1'800'000'010);
  CHECK(numbers.next(ah(), noon - 99 * one_second) == 1'800'000'011);
}

TEST_CASE("ah: we send above all that we heard, because keepalived has one counter for both") {
  SequenceNumbers numbers;
  REQUIRE(numbers.accept(ah(), ip("10.0.0.5"), 1'900'000'000, noon));
  CHECK(numbers.next(ah(), noon) == 1'900'000'001);
}

TEST_CASE("ah: a restarted sender goes on above what it sent before") {
  SequenceNumbers before;
  const auto last = before.next(ah(), noon);
  SequenceNumbers after;
  CHECK(after.next(ah(), noon + one_second) > last);
}

TEST_CASE("ah: the sequence numbers of one source have to grow, each source for itself") {
  SequenceNumbers numbers;
  CHECK(numbers.accept(ah(), ip("10.0.0.5"), 7, noon));
  CHECK_FALSE(numbers.accept(ah(), ip("10.0.0.5"), 7, noon));
  CHECK_FALSE(numbers.accept(ah(), ip("10.0.0.5"), 6, noon));
  CHECK(numbers.accept(ah(), ip("10.0.0.6"), 1, noon));
  CHECK(numbers.accept(ah(), ip("10.0.0.5"), 8, noon));
}

TEST_CASE("ah: after the last of 32 bits the same number is sent, not a small one") {
  SequenceNumbers numbers;
  REQUIRE(numbers.accept(ah(), ip("10.0.0.5"), 0xFFFFFFFF, noon));
  CHECK(numbers.next(ah(), noon) == 0xFFFFFFFF);
}

TEST_CASE("hmac: a sequence number is UTC to 1/65536 s, or one more than the last") {
  SequenceNumbers numbers;
  const auto half_past = noon + std::chrono::microseconds{500'000};
  const auto seconds = std::uint64_t{1'800'000'000} << 32;
  CHECK(numbers.next(hmac(), half_past) == (seconds | 0x80000000));
  CHECK(numbers.next(hmac(), half_past) == (seconds | 0x80000001));
  CHECK(numbers.next(hmac(), half_past + one_second) ==
        ((seconds + (std::uint64_t{1} << 32)) | 0x80000000));
}

TEST_CASE("hmac: a clock set back within the window does not make the sequence shrink") {
  SequenceNumbers numbers;
  const auto last = numbers.next(hmac(), noon);
  CHECK(numbers.next(hmac(), noon - 3 * one_second) == last + 1);
}

TEST_CASE("hmac: a clock set back by more starts anew, unless the sequence is monotonic") {
  SequenceNumbers windowed;
  (void)windowed.next(hmac(), noon);
  CHECK(windowed.next(hmac(), noon - 60 * one_second) == std::uint64_t{1'799'999'940} << 32);
  SequenceNumbers growing;
  const auto last = growing.next(monotonic(), noon);
  CHECK(growing.next(monotonic(), noon - 60 * one_second) == last + 1);
}

TEST_CASE("hmac: a mark outside the window expires, but for a monotonic one") {
  const auto stranded = std::uint64_t{1'800'003'600} << 32;
  const auto now = std::uint64_t{1'800'000'000} << 32;
  SequenceNumbers windowed;
  REQUIRE(windowed.accept(hmac(), ip("10.0.0.5"), stranded, noon));
  CHECK(windowed.accept(hmac(), ip("10.0.0.5"), now, noon));
  CHECK_FALSE(windowed.accept(hmac(), ip("10.0.0.5"), now, noon));
  SequenceNumbers growing;
  REQUIRE(growing.accept(monotonic(), ip("10.0.0.5"), stranded, noon));
  CHECK_FALSE(growing.accept(monotonic(), ip("10.0.0.5"), now, noon));
}

TEST_CASE("hmac: sequence numbers grow across the end of 32 bits of seconds") {
  SequenceNumbers numbers;
  REQUIRE(numbers.accept(monotonic(), ip("10.0.0.5"), 0xFFFFFFFF'FFFFFFFF, noon));
  CHECK(numbers.accept(monotonic(), ip("10.0.0.5"), 0, noon));
  CHECK_FALSE(numbers.accept(monotonic(), ip("10.0.0.5"), 0xFFFFFFFF'FFFFFFFF, noon));
}

}  // namespace redvip::vrrp

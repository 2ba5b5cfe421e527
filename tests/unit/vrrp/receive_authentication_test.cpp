// Which authentication is believed (RFC 2338 5.3.6 and 5.3.10, ah.hpp, hmac_trailer.hpp).
#include "catch.hpp"
#include "unit/vrrp/reception.hpp"
#include "vrrp/ah.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {
namespace {

using wire::changed;
using wire::group4;
using wire::hear;
using wire::ip;
using wire::noon;
using wire::octets;
using wire::sealed_v2;
using wire::verdict;
using wire::with_header;

const auto one_second = std::chrono::microseconds{1'000'000};
constexpr std::size_t ah_at = 20;
constexpr std::size_t message_behind_ah = 44;

const Authentication password = PasswordAuthentication{make_password("s3cr3t78").value()};
const Authentication ah = AhAuthentication{make_password("s3cr3t78").value()};

HmacAuthentication hmac(HmacAuthentication::Mode mode = HmacAuthentication::Mode::enforce) {
  return {{{1, Octets(32, 0x11)}, {2, Octets(64, 0x22)}}, 1, mode, Seconds{5}};
}

Expectation expecting(const Authentication& authentication, Version version = Version::v2) {
  auto expected = wire::expectation();
  expected.version = version;
  expected.authentication = authentication;
  return expected;
}

Advertisement advertisement(Version version) {
  return {version, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
}

Octets v2_packet(const Authentication& authentication, std::uint64_t sequence = 1) {
  return encode(advertisement(Version::v2), {ip("10.0.0.5"), group4, {}, authentication, sequence});
}

std::uint64_t at(WallTime time) {
  SequenceNumbers numbers;
  return numbers.next(hmac(), time);
}

Octets v3_packet(const Authentication& authentication, std::uint64_t sequence = at(noon)) {
  return encode(advertisement(Version::v3), {ip("10.0.0.5"), group4, {}, authentication, sequence});
}

std::string verdict_v3(const Octets& packet,
                       HmacAuthentication::Mode mode = HmacAuthentication::Mode::enforce) {
  return verdict(packet, expecting(hmac(mode), Version::v3));
}

// Over IPv4 the trailer is not in the checksum: the message stays intact.
Octets trailer_changed(std::size_t at, std::uint8_t value) {
  const auto packet = v3_packet(hmac());
  return changed(packet, packet.size() - trailer_length + at, value);
}

}  // namespace

// --- Types --------------------------------------------------------------------------------------

TEST_CASE("each authentication is believed by who is configured alike") {
  CHECK(verdict(v2_packet(NoAuthentication{}), expecting(NoAuthentication{})) == "accepted");
  CHECK(verdict(v2_packet(password), expecting(password)) == "accepted");
  CHECK(verdict(v2_packet(ah), expecting(ah)) == "accepted");
  CHECK(verdict(v2_packet(hmac(), at(noon)), expecting(hmac())) == "accepted");
  CHECK(verdict_v3(v3_packet(hmac())) == "accepted");
}

TEST_CASE("v2: another authentication than ours is a mismatch of types, and is told") {
  const auto rejected = hear(v2_packet(NoAuthentication{}), expecting(password));
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().reason == Reject::auth_type_mismatch);
  CHECK(rejected.error().detail == "authentication type 0, here 1");
  CHECK(verdict(v2_packet(password), expecting(NoAuthentication{})) == "auth-type-mismatch");
  CHECK(verdict(v2_packet(password), expecting(ah)) == "auth-type-mismatch");
  CHECK(verdict(v2_packet(ah), expecting(password)) == "auth-type-mismatch");
  CHECK(verdict(v2_packet(ah), expecting(NoAuthentication{})) == "auth-type-mismatch");
}

TEST_CASE("v2: an authentication type that RFC 2338 does not know is invalid") {
  for (const int type : {3, 9, 255}) {
    auto message = octets("21339601 0001 0000 0a000064 0000000000000000");
    message[4] = static_cast<std::uint8_t>(type);
    CHECK(verdict(with_header(sealed_v2(message)), expecting(password)) == "invalid-auth-type");
  }
}

TEST_CASE("v2: with type 0 the authentication data is ignored") {
  const auto message = sealed_v2(octets("21339601 0001 0000 0a000064 0102030405060708"));
  CHECK(verdict(with_header(message), expecting(NoAuthentication{})) == "accepted");
}

// --- Password -----------------------------------------------------------------------------------

TEST_CASE("a password counts to its last octet") {
  for (const auto other : {"s3cr3t79", "s3cr3t7", "S3cr3t78", "x"}) {
    CHECK(verdict(v2_packet(PasswordAuthentication{make_password(other).value()}),
                  expecting(password)) == "auth-failure");
  }
}

// --- AH -----------------------------------------------------------------------------------------

TEST_CASE("ah: any octet that is changed on the way is noticed, but for the mutable ones") {
  const auto packet = v2_packet(ah);
  for (std::size_t at = ah_at; at < packet.size(); ++at) {
    INFO(at);
    CHECK_FALSE(
        hear(changed(packet, at, static_cast<std::uint8_t>(packet[at] ^ 1)), expecting(ah)));
  }
  CHECK(verdict(changed(packet, 1, 0), expecting(ah)) == "accepted");      // type of service
  CHECK(verdict(changed(packet, 11, 0x77), expecting(ah)) == "accepted");  // header checksum
}

TEST_CASE("ah: another password is an authentication failure") {
  const Authentication other = AhAuthentication{make_password("other").value()};
  CHECK(verdict(v2_packet(other), expecting(ah)) == "auth-failure");
}

TEST_CASE("ah: an SPI that is not the source address is an authentication failure") {
  auto packet = changed(v2_packet(ah), ah_at + 7, 6);
  sign_ah(packet, make_password("s3cr3t78").value());
  CHECK(verdict(packet, expecting(ah)) == "auth-failure");
}

TEST_CASE("ah: a header that is cut or malformed is rejected as such") {
  const auto packet = v2_packet(ah);
  for (std::size_t length = ah_at; length < message_behind_ah; ++length) {
    const Octets payload{packet.begin() + ah_at,
                         packet.begin() + static_cast<std::ptrdiff_t>(length)};
    CHECK(verdict(with_header(payload, {.protocol = ah_protocol_number}), expecting(ah)) ==
          "ah-header-error");
  }
  CHECK(verdict(changed(packet, ah_at, 17), expecting(ah)) == "ah-header-error");
  CHECK(verdict(changed(packet, ah_at + 1, 5), expecting(ah)) == "ah-header-error");
}

TEST_CASE("ah: a message behind it that is cut is rejected for its length") {
  const auto packet = v2_packet(ah);
  for (std::size_t length = message_behind_ah; length < packet.size(); ++length) {
    const Octets payload{packet.begin() + ah_at,
                         packet.begin() + static_cast<std::ptrdiff_t>(length)};
    CHECK(verdict(with_header(payload, {.protocol = ah_protocol_number}), expecting(ah)) ==
          "packet-length-error");
  }
}

TEST_CASE("ah: type 2 without the header, or the header around another type, is rejected") {
  const auto bare = sealed_v2(octets("21339601 0201 0000 0a000064 0000000000000000"));
  CHECK(verdict(with_header(bare), expecting(ah)) == "auth-failure");
  auto payload = encode_ah(ip("10.0.0.5"), 1);
  append(payload, sealed_v2(octets("21339601 0001 0000 0a000064 0000000000000000")));
  const auto wrapped = with_header(payload, {.protocol = ah_protocol_number});
  CHECK(verdict(wrapped, expecting(NoAuthentication{})) == "auth-type-mismatch");
}

TEST_CASE("ah: a packet that is heard again is a replay, and so is an older one") {
  SequenceNumbers numbers;
  const auto hear_number = [&](std::uint64_t sequence) {
    const auto packet = v2_packet(ah, sequence);
    return verdict(receive({packet, std::nullopt}, expecting(ah), numbers, noon));
  };
  CHECK(hear_number(5) == "accepted");
  CHECK(hear_number(5) == "replay");
  CHECK(hear_number(4) == "replay");
  CHECK(hear_number(6) == "accepted");
}

TEST_CASE("ah: a rejected packet teaches no sequence number") {
  SequenceNumbers numbers;
  auto other_interval = expecting(ah);
  other_interval.interval = Centiseconds{200};
  const auto packet = v2_packet(ah, 9);
  CHECK(verdict(receive({packet, std::nullopt}, other_interval, numbers, noon)) ==
        "interval-error");
  CHECK(verdict(receive({packet, std::nullopt}, expecting(ah), numbers, noon)) == "accepted");
}

// --- HMAC ---------------------------------------------------------------------------------------

TEST_CASE("hmac: what is not signed is rejected, but for the modes that convert nodes") {
  using Mode = HmacAuthentication::Mode;
  const auto bare = v3_packet(NoAuthentication{});
  CHECK(verdict_v3(bare) == "auth-type-mismatch");
  for (const auto mode : {Mode::permissive, Mode::receive_only}) {
    const auto received = hear(bare, expecting(hmac(mode), Version::v3));
    REQUIRE(received);
    CHECK(received->is_unsigned);
    CHECK(verdict_v3(v3_packet(hmac()), mode) == "accepted");
    CHECK(verdict_v3(trailer_changed(27, 0x5A), mode) == "auth-failure");
  }
}

TEST_CASE("hmac: a trailer is another length to who is not configured for it") {
  CHECK(verdict(v3_packet(hmac()), expecting(NoAuthentication{}, Version::v3)) ==
        "packet-length-error");
}

TEST_CASE("hmac: any key that is configured verifies, another is unknown") {
  auto with_second = hmac();
  with_second.active_key = 2;
  CHECK(verdict_v3(v3_packet(with_second)) == "accepted");
  auto with_third = hmac();
  with_third.keys.push_back({3, Octets(32, 0x33)});
  with_third.active_key = 3;
  const auto rejected = hear(v3_packet(with_third), expecting(hmac(), Version::v3));
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().reason == Reject::auth_type_mismatch);
  CHECK(rejected.error().detail == "key 3 is not known here");
}

TEST_CASE("hmac: another key of the same number is an authentication failure") {
  auto other = hmac();
  other.keys[0].octets[0] = 0;
  CHECK(verdict_v3(v3_packet(other)) == "auth-failure");
}

TEST_CASE("hmac: another trailer type, or reserved bits, are not understood") {
  CHECK(verdict_v3(trailer_changed(0, 2)) == "invalid-auth-type");
  CHECK(verdict_v3(trailer_changed(2, 1)) == "invalid-auth-type");
  CHECK(verdict_v3(trailer_changed(3, 1)) == "invalid-auth-type");
}

TEST_CASE("hmac: the message, the source and the sequence are covered, the checksum is not") {
  auto message = v3_packet(hmac());
  message[20 + 2] = 151;
  auto body = Octets(message.begin() + 20, message.end() - trailer_length);
  body = wire::sealed(body);
  std::copy(body.begin(), body.end(), message.begin() + 20);
  CHECK(verdict_v3(message) == "auth-failure");

  const wire::IpHeader other_source{.source = ip("10.0.0.6")};
  auto moved = v3_packet(hmac());
  const Octets trailer{moved.end() - trailer_length, moved.end()};
  auto resent =
      wire::sealed(Octets(moved.begin() + 20, moved.end() - trailer_length), other_source);
  append(resent, trailer);
  CHECK(verdict_v3(with_header(resent, other_source)) == "auth-failure");

  CHECK(verdict_v3(trailer_changed(11, 1)) == "auth-failure");

  auto other_form = v3_packet(hmac());
  body = wire::sealed(Octets(other_form.begin() + 20, other_form.end() - trailer_length), {},
                      ChecksumForm::message_only);
  std::copy(body.begin(), body.end(), other_form.begin() + 20);
  CHECK(verdict_v3(other_form) == "accepted");
}

TEST_CASE("hmac: over IPv6 the trailer is in the checksum") {
  auto expected = expecting(hmac(), Version::v3);
  expected.self = ip("fe80::1");
  expected.peers = {ip("fe80::5")};
  expected.addresses = {ip("fe80::100")};
  const Advertisement sent{
      Version::v3, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("fe80::100")}};
  auto packet = encode(sent, {ip("fe80::5"), wire::group6, {}, hmac(), at(noon)});
  packet.erase(packet.begin(), packet.begin() + 40);
  const auto hear_v6 = [&](const Octets& message) {
    SequenceNumbers numbers;
    return verdict(receive({message, Datagram::Ipv6Header{ip("fe80::5"), wire::group6, 255}},
                           expected, numbers, noon));
  };
  CHECK(hear_v6(packet) == "accepted");
  CHECK(hear_v6(changed(packet, packet.size() - 1, 0x5A)) == "checksum-error");
}

TEST_CASE("hmac: a time outside the window is stale, unless the sequence is monotonic") {
  for (const auto apart : {-6 * one_second, 6 * one_second}) {
    CHECK(verdict_v3(v3_packet(hmac(), at(noon + apart))) == "stale");
    auto monotonic = hmac();
    monotonic.window = std::nullopt;
    CHECK(verdict(v3_packet(monotonic, at(noon + apart)), expecting(monotonic, Version::v3)) ==
          "accepted");
  }
  for (const auto apart : {-5 * one_second, 5 * one_second}) {
    CHECK(verdict_v3(v3_packet(hmac(), at(noon + apart))) == "accepted");
  }
}

TEST_CASE("hmac: a packet that is heard again is a replay, and a forged one teaches nothing") {
  SequenceNumbers numbers;
  const auto heard = [&](const Octets& packet) {
    return verdict(receive({packet, std::nullopt}, expecting(hmac(), Version::v3), numbers, noon));
  };
  CHECK(heard(trailer_changed(27, 0x5A)) == "auth-failure");
  CHECK(heard(v3_packet(hmac())) == "accepted");
  CHECK(heard(v3_packet(hmac())) == "replay");
  CHECK(heard(v3_packet(hmac(), at(noon) + 1)) == "accepted");
}

}  // namespace redvip::vrrp

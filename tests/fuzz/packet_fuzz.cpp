// Whatever arrives, receive() answers, and what it accepts is within the ranges of the standard. A
// first octet chooses what is configured. `forged` packets are given a right checksum, ICV or HMAC,
// because no fuzzer guesses them: so what comes behind those checks is reached too. One packet of
// each kind, all accepted, is in seeds/packet.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "vrrp/ah.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/receive.hpp"

namespace {

using namespace redvip::vrrp;
using redvip::Centiseconds;
using redvip::IpAddress;
using redvip::Priority;
using redvip::Seconds;
using redvip::Vrid;

const auto password = make_password("s3cr3t78").value();
const HmacKey key{1, Octets(32, 0x5A)};
const WallTime noon{Seconds{1'800'000'000}};
const IpAddress peer{0x0A000005};
const IpAddress self6{IpAddress::V6{0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
const IpAddress peer6{IpAddress::V6{0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}};

struct Choice {
  explicit Choice(std::uint8_t octet)
      : v2{(octet & 1) != 0},
        v6{!v2 && (octet & 2) != 0},
        unicast{(octet & 4) != 0},
        forged{(octet & 8) != 0},
        strict{(octet & 16) != 0},
        authentication{octet >> 6} {}

  bool v2, v6, unicast, forged, strict;
  int authentication;  // 0..3
};

Authentication authentication(const Choice& choice) {
  if (choice.authentication == 3) {
    return HmacAuthentication{{key}, 1, HmacAuthentication::Mode::permissive, Seconds{5}};
  }
  if (choice.v2 && choice.authentication == 1) return PasswordAuthentication{password};
  if (choice.v2 && choice.authentication == 2) return AhAuthentication{password};
  return NoAuthentication{};
}

Expectation expectation(const Choice& choice) {
  Expectation expected{choice.v2 ? Version::v2 : Version::v3,
                       Vrid::of(51),
                       {choice.v6 ? self6 : IpAddress{0x0A000064}},
                       Centiseconds{100},
                       Priority::of(100),
                       choice.v6 ? self6 : IpAddress{0x0A000001},
                       {choice.v6 ? peer6 : peer}};
  expected.unicast = choice.unicast;
  expected.strict = choice.strict;
  expected.authentication = authentication(choice);
  return expected;
}

// From the end of the packet to its beginning, so that each covers what it has to.
void forge(Octets& octets, std::size_t message_at, const Choice& choice, IpAddress source,
           IpAddress destination) {
  if (octets.size() < message_at + header_length) return;
  const bool v6 = choice.v6;
  auto message = Octets(octets.begin() + static_cast<std::ptrdiff_t>(message_at), octets.end());
  auto end = message.size();
  if (choice.authentication == 3 && end >= header_length + trailer_length) {
    end -= trailer_length;
    const Octets body{message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end)};
    const auto sequence = std::uint64_t{1'800'000'000} << 32;
    const auto trailer = encode_trailer(key, sequence, source, body);
    std::copy(trailer.begin(), trailer.end(), message.begin() + static_cast<std::ptrdiff_t>(end));
  }
  write_u16(message, checksum_offset, 0);
  const auto form = choice.v2 ? ChecksumForm::message_only : ChecksumForm::pseudo_header;
  const OctetView covered{message.data(), v6 ? message.size() : end};
  write_u16(message, checksum_offset, checksum(covered, form, source, destination));
  std::copy(message.begin(), message.end(),
            octets.begin() + static_cast<std::ptrdiff_t>(message_at));
}

void forge_ipv4(Octets& packet, const Choice& choice) {
  if (packet.size() < 20) return;
  const auto header = std::size_t{4} * (packet[0] & 0x0F);
  const bool ah = packet[9] == ah_protocol_number;
  if (packet.size() < header + (ah ? ah_length : 0)) return;
  forge(packet, header + (ah ? ah_length : 0), choice, IpAddress{read_u32(packet, 12)},
        IpAddress{read_u32(packet, 16)});
  if (ah && header >= 20) sign_ah(packet, password);
}

void check(const Received& received, const Expectation& expected) {
  const auto& advertisement = received.advertisement;
  const auto interval = advertisement.max_advert_interval.count();
  const bool v2 = expected.version == Version::v2;
  if (advertisement.version != expected.version) __builtin_trap();
  if (!v2 && (advertisement.addresses.empty() || interval < 1 || interval > 4095)) __builtin_trap();
  if (v2 && interval != 100) __builtin_trap();
  if (received.source != expected.peers[0] || advertisement.vrid != expected.vrid) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Choice choice{data[0]};
  Octets octets{data + 1, data + size};
  const auto expected = expectation(choice);
  const auto destination = choice.unicast ? expected.self : multicast_group(expected.self.family());
  if (choice.forged && choice.v6) forge(octets, 0, choice, peer6, destination);
  if (choice.forged && !choice.v6) forge_ipv4(octets, choice);

  Datagram datagram{octets, std::nullopt};
  if (choice.v6) datagram.ipv6 = Datagram::Ipv6Header{peer6, destination, 255};
  SequenceNumbers numbers;
  if (const auto received = receive(datagram, expected, numbers, noon)) check(*received, expected);
  return 0;
}

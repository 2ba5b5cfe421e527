// What it believes of version 2 (RFC 3768 section 7.1, RFC 2338 section 5.3.6).
#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

constexpr const char* secret = "s3cr3t78";

void other_interval(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  Stimulus stimulus = bench.advert(200);
  stimulus.interval = 2;
  bench.require_ignores("interval 2 s", frame(stimulus));
}

void wrong_authentication(Kind kind) {
  Bench bench{kind, v2_pass(secret)};
  bench.until_active();
  for (const int type : {0, 2, 9}) {
    Stimulus stimulus = bench.advert(200);
    stimulus.auth_type = type;
    bench.require_ignores("type " + std::to_string(type) + " at PASS", frame(stimulus));
  }
  Stimulus stimulus = bench.advert(200);
  stimulus.auth_data = hex("7777777777777777");
  bench.require_ignores("another password", frame(stimulus));
}

void authentication_at_none(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  for (const int type : {1, 2, 9}) {
    Stimulus stimulus = bench.advert(200);
    stimulus.auth_type = type;
    bench.require_ignores("type " + std::to_string(type) + " at none", frame(stimulus));
  }
}

void data_without_type(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  Stimulus stimulus = bench.advert(200);
  stimulus.auth_data = hex("deadbeefdeadbeef");
  bench.require_yields("authentication data of type 0", frame(stimulus));
}

void nearly_the_password(Kind kind) {
  Bench bench{kind, v2_pass(secret)};
  bench.until_active();
  Stimulus stimulus = bench.advert(200);
  stimulus.auth_data.back() ^= 1;
  bench.require_ignores("7 octets of 8 right", frame(stimulus));
}

void right_password(Kind kind) {
  Bench bench{kind, v2_pass(secret)};
  bench.until_active();
  bench.require_yields("the right password", frame(bench.advert(200)));
}

void other_v2_addresses(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  Stimulus stimulus = bench.advert(200);
  stimulus.addresses = {address("10.0.0.99")};
  bench.require_ignores("another VIP", frame(stimulus));
}

void other_addresses_of_an_owner(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  Stimulus stimulus = bench.advert(255);
  stimulus.addresses = {address("10.0.0.99")};
  bench.require_yields("another VIP, of an owner", frame(stimulus));
}

// OpenBSD's CARP has VRRP's protocol number, group and first octet, and a checksum of its kind.
// Read as VRRP, the advert would be one of priority 200 with 7 addresses.
void carp(Kind kind) {
  Bench bench{kind, v2()};
  bench.until_active();
  Octets words{0x21, vrid, 200, 7, 0, 1, 0, 0};
  words = words + Octets(28, 0x5c);
  const std::uint16_t sum = internet_checksum(words);
  words[6] = static_cast<std::uint8_t>(sum >> 8);
  words[7] = static_cast<std::uint8_t>(sum);
  const Stimulus like = bench.advert(200);
  bench.require_ignores(
      "CARP", ethernet(like.link_destination, like.link_source, 0x0800,
                       ip_packet(like.source, like.destination, vrrp_protocol, 255, words)));
}

}  // namespace

std::vector<Case> v2_reception_cases() {
  return {
      {"RX17", "version 2, another interval: dropped", other_interval},
      {"RX19", "another authentication, or another password: dropped", wrong_authentication},
      {"RX19-none", "authentication where there is none: dropped", authentication_at_none},
      {"RX19-right", "the right password: believed", right_password},
      {"RX20", "no authentication, with data: believed", data_without_type},
      {"RX21", "7 octets of the password right: dropped", nearly_the_password},
      {"RX22", "version 2, another list of VIPs: dropped", other_v2_addresses},
      {"RX22-owner", "the same of an address owner: believed", other_addresses_of_an_owner},
      {"RX26", "CARP of the same number: dropped", carp},
  };
}

}  // namespace redvip::conformance

// Version 2 in an authentication header, as keepalived has it (RFC 2338 section 5.3.6.3, RFC 2402).
#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

constexpr const char* key = "s3cr3t78";

Router authenticated() {
  Router router = v2();
  router.priority = 150;
  router.auth = "AH";
  router.password = key;
  return router;
}

// keepalived has one counter for both directions: a number counts only when it is above all that it
// has heard and sent.
constexpr std::uint32_t high = 1000;

Stimulus claim(const Bench& bench, int priority = 200) {
  Stimulus stimulus = bench.advert(priority);
  stimulus.auth_type = 2;
  return stimulus;
}

void sent(Kind kind) {
  Bench bench{kind, authenticated()};
  bench.until_active();
  bench.listen(2500ms);
  const auto all = bench.authentications(key);
  require(all.size() > 2, "its adverts are not authenticated");
  std::uint32_t expected = all.front().sequence;
  for (const AhFields& fields : all) {
    require(fields.digest_right, "the digest is wrong");
    require(fields.spi == address(device_address), "the SPI is " + to_hex(fields.spi));
    require(fields.sequence == expected++,
            "the sequence number is " + std::to_string(fields.sequence));
  }
  const std::string text = to_hex(bench.next_advert().ip.payload);
  require(text == to_hex(hex("21339601 0201 3c66 0a000064 0000000000000000")), "it sends " + text);
}

void right(Kind kind) {
  Bench bench{kind, authenticated()};
  bench.until_active();
  bench.require_yields("the right digest",
                       ah_frame(claim(bench), {.password = key, .sequence = high}));
}

void wrong(Kind kind) {
  Bench bench{kind, authenticated()};
  bench.until_active();
  const Stimulus stimulus = claim(bench);
  bench.require_ignores("no header", frame(stimulus));
  bench.require_ignores(
      "a wrong digest",
      ah_frame(stimulus, {.password = key, .sequence = high, .digest_right = false}));
  bench.require_ignores("another password",
                        ah_frame(stimulus, {.password = "password", .sequence = high}));
  bench.require_ignores("another SPI",
                        ah_frame(stimulus, {.password = key, .spi = address(below.address)}));
}

// The number of an advert that was believed does not count again, the next one does.
void replayed(Kind kind) {
  Bench bench{kind, authenticated()};
  bench.until_active();
  bench.next_advert();
  bench.send(ah_frame(claim(bench, 50), {.password = key, .sequence = high}));
  bench.require_stays_active("a replayed number",
                             ah_frame(claim(bench), {.password = key, .sequence = high}));
  bench.require_yields("a later number",
                       ah_frame(claim(bench), {.password = key, .sequence = 2 * high}));
}

}  // namespace

std::vector<Case> ah_cases() {
  return {
      {"TX04-ah", "version 2 with AH: number, digest and message", sent},
      {"RX19-ah", "the right AH digest: believed", right},
      {"RX19-ah-wrong", "no AH, a wrong digest, password or SPI: dropped", wrong},
      {"RX19-ah-replay", "an AH sequence number that was used: dropped", replayed},
  };
}

}  // namespace redvip::conformance

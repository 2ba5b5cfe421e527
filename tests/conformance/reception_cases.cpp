// What it believes (RFC 9568 section 7.1).
#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;
using Change = void (*)(Stimulus&);

// A claim of priority 200 with something wrong in it.
Octets wrong(const Bench& bench, Change change) {
  Stimulus stimulus = bench.advert(200);
  change(stimulus);
  return frame(stimulus);
}

struct Wrong {
  const char* what;
  Change change;
};

void require_all_dropped(Kind kind, const Router& router, const std::vector<Wrong>& wrongs) {
  Bench bench{kind, router};
  bench.until_active();
  for (const Wrong& one : wrongs) {
    bench.require_ignores(one.what, wrong(bench, one.change));
  }
}

void require_believed(Kind kind, const Router& router, const Wrong& unusual) {
  Bench bench{kind, router};
  bench.until_active();
  bench.require_yields(unusual.what, wrong(bench, unusual.change));
}

void hops(Kind kind) {
  require_all_dropped(kind, v4(),
                      {{"TTL 254", [](Stimulus& s) { s.hops = 254; }},
                       {"TTL 1", [](Stimulus& s) { s.hops = 1; }},
                       {"TTL 64", [](Stimulus& s) { s.hops = 64; }}});
}

void hops_v6(Kind kind) {
  require_all_dropped(kind, v6(), {{"hop limit 254", [](Stimulus& s) { s.hops = 254; }}});
}

void as_version_2(Stimulus& s) {
  s.version = 2;
  s.interval = 1;
}

void as_version_4(Stimulus& s) {
  s.version = 4;
}

void versions(Kind kind) {
  require_all_dropped(kind, v4(), {{"version 2", as_version_2}, {"version 4", as_version_4}});
}

void versions_at_v2(Kind kind) {
  require_all_dropped(kind, v2(),
                      {{"version 3",
                        [](Stimulus& s) {
                          s.version = 3;
                          s.interval = 100;
                        }},
                       {"version 4", as_version_4}});
}

void types(Kind kind) {
  require_all_dropped(kind, v4(),
                      {{"type 0", [](Stimulus& s) { s.type = 0; }},
                       {"type 2", [](Stimulus& s) { s.type = 2; }},
                       {"type 15", [](Stimulus& s) { s.type = 15; }}});
}

void other_vrid(Kind kind) {
  require_all_dropped(kind, v4(), {{"VRID 52", [](Stimulus& s) {
                                      s.vrid = 52;
                                      s.priority = 255;
                                    }}});
}

constexpr Wrong one_more{"checksum + 1", [](Stimulus& s) { s.checksum_error = 1; }};
constexpr Wrong one_less{"checksum - 1", [](Stimulus& s) { s.checksum_error = -1; }};
constexpr Wrong no_sum{"checksum 0", [](Stimulus& s) { s.checksum = std::uint16_t{0}; }};

void checksums(Kind kind) {
  require_all_dropped(kind, v4(), {one_more, one_less, no_sum});
}

void checksums_v6(Kind kind) {
  require_all_dropped(kind, v6(), {one_more, one_less, no_sum});
}

constexpr Wrong with_pseudo_header{"with the pseudo-header", [](Stimulus&) {}};
constexpr Wrong message_only{"message only", [](Stimulus& s) { s.sum = Sum::message_only; }};

void both_checksum_forms(Kind kind) {
  require_believed(kind, v4(), with_pseudo_header);
  require_believed(kind, v4(), message_only);
}

void strict_checksum_form(Kind kind) {
  Router router = v4();
  router.strict = true;
  require_believed(kind, router, with_pseudo_header);
  require_all_dropped(kind, router, {message_only});
  router.message_only_sum = true;
  require_believed(kind, router, message_only);
  require_all_dropped(kind, router, {with_pseudo_header});
}

template <std::size_t length>
void cut_to(Stimulus& s) {
  s.length = length;
}

void short_messages(Kind kind) {
  require_all_dropped(kind, v4(),
                      {{"1 octet short", cut_to<11>},
                       {"4 octets short", cut_to<8>},
                       {"7 octets", cut_to<7>},
                       {"no octets", cut_to<0>}});
}

void long_messages(Kind kind) {
  require_all_dropped(
      kind, v4(),
      {{"1 octet more", cut_to<13>}, {"4 octets more", cut_to<16>}, {"8 octets more", cut_to<20>}});
}

void padding(Kind kind) {
  require_believed(kind, v4(), {"padded to 60 octets", [](Stimulus& s) { s.padded_to = 60; }});
}

void no_addresses(Kind kind) {
  require_all_dropped(kind, v4(),
                      {{"count 0", [](Stimulus& s) { s.addresses.clear(); }},
                       {"count 0, an address", [](Stimulus& s) { s.count = 0; }}});
}

void count_too_big(Kind kind) {
  require_all_dropped(kind, v4(), {{"count 255, one address", [](Stimulus& s) { s.count = 255; }}});
}

void interval_zero(Kind kind) {
  require_all_dropped(kind, v4(), {{"interval 0", [](Stimulus& s) { s.interval = 0; }}});
}

void reserved_bits(Kind kind) {
  require_believed(kind, v4(), {"reserved bits set", [](Stimulus& s) { s.reserve = 0xf; }});
}

void ip_options(Kind kind) {
  require_believed(kind, v4(), {"IP options", [](Stimulus& s) { s.options = Octets(4, 1); }});
}

// It learns the interval for waiting, and goes back to its own for advertising.
void learnt_interval(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  Stimulus slow = bench.advert(200);
  slow.interval = 100;
  const Nanos last = bench.send(slow);
  const Advert first = bench.next_advert(8s);
  const Nanos expected = 3609400us;
  const Nanos waited = first.at - last;
  require(waited > expected - tolerance(expected) && waited < expected + tolerance(expected),
          "it leads after " + millis(waited));
  const Nanos pause = bench.next_advert().at - first.at;
  require(pause < bench.router.interval + tolerance(bench.router.interval),
          "then it advertises after " + millis(pause));
}

void other_addresses(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_active();
  bench.require_yields("another VIP",
                       wrong(bench, [](Stimulus& s) { s.addresses = {address("10.0.0.99")}; }));
  require(bench.device().process().log().find("10.0.0.99") != std::string::npos,
          "it does not name the VIP that it has not");
}

void swap_addresses(Stimulus& s) {
  std::swap(s.addresses.front(), s.addresses.back());
}

void global_first(Kind kind) {
  require_believed(kind, v6(), {"first address global", swap_addresses});
}

void global_first_strict(Kind kind) {
  Router router = v6();
  router.strict = true;
  require_all_dropped(kind, router, {{"first address global", swap_addresses}});
}

void odd_ways(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_active();
  bench.require_ignores("to the unicast address", wrong(bench, [](Stimulus& s) {
                          s.destination = address(device_address);
                          s.link_destination = device_mac;
                        }));
  bench.send(wrong(bench, [](Stimulus& s) { s.link_destination = Octets(6, 0xff); }));
  bench.send(wrong(bench, [](Stimulus& s) { s.source = address("192.0.2.1"); }));
  bench.listen(3 * bench.router.interval);
  require(bench.is_alive(), "it is dead");
}

}  // namespace

std::vector<Case> reception_cases() {
  return {
      {"RX01", "TTL other than 255: dropped", hops},
      {"RX02", "hop limit other than 255: dropped", hops_v6},
      {"RX03", "another version: dropped", versions},
      {"RX03-v2", "another version at version 2: dropped", versions_at_v2},
      {"RX04", "another type: dropped", types},
      {"RX05", "another VRID: dropped, even of an owner", other_vrid},
      {"RX06", "a wrong checksum: dropped", checksums},
      {"RX07", "both checksum forms of version 3 over IPv4: believed", both_checksum_forms},
      {"RX07-strict", "strict: only the form that it sends", strict_checksum_form},
      {"RX08", "a wrong checksum over IPv6: dropped", checksums_v6},
      {"RX09", "too short: dropped", short_messages},
      {"RX10", "trailing octets: dropped", long_messages},
      {"RX11", "Ethernet padding: believed", padding},
      {"RX12", "no addresses: dropped", no_addresses},
      {"RX13", "fewer addresses than counted: dropped", count_too_big},
      {"RX14", "interval 0: dropped", interval_zero},
      {"RX15", "reserved bits: ignored", reserved_bits},
      {"RX16", "IP options: believed", ip_options},
      {"RX18", "another interval: learnt for waiting, not for advertising", learnt_interval},
      {"RX23", "another list of VIPs: believed, and logged", other_addresses},
      {"RX24", "IPv6, first address not link-local: believed", global_first},
      {"RX24-strict", "strict: dropped", global_first_strict},
      {"RX25", "to a unicast address: dropped; broadcast, foreign subnet: no crash", odd_ways},
  };
}

}  // namespace redvip::conformance

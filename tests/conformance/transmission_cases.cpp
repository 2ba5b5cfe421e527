// What it sends, and when.
#include <signal.h>

#include <algorithm>
#include <utility>

#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

Router of_priority(Router router, int priority) {
  router.priority = priority;
  return router;
}

Router golden(Router router) {  // of reference/vrrp.md section 1.3
  router.priority = 150;
  router.interval = 1s;
  return router;
}

void require_message(const Advert& advert, const std::string& golden) {
  const std::string got = to_hex(advert.ip.payload);
  require(got == to_hex(hex(golden)), "it sends " + got);
}

// While it leads, and when it is told to stop.
void require_messages(Kind kind, const Router& router, const std::string& leading,
                      const std::string& leaving) {
  Bench bench{kind, router};
  bench.until_active();
  require_message(bench.next_advert(), leading);
  bench.device().process().signal(SIGTERM);
  Advert last = bench.next_advert();
  while (last.priority > 0) last = bench.next_advert();
  require_message(last, leaving);
}

void owner_starts_at_once(Kind kind) {
  Bench bench{kind, of_priority(v2(), 255)};
  const Nanos began = now();
  bench.start();
  const Advert first = bench.next_advert(5s);
  require(first.at - began < bench.router.interval,
          "the first advert comes after " + millis(first.at - began));
  const auto announced = bench.announcements();
  require(announced.empty() || announced.front() >= first.at, "it announces before it advertises");
}

void backup_waits_for_the_down_interval(Kind kind) {
  Bench bench{kind, v4()};
  const Nanos began = now();
  bench.start();
  const Advert first = bench.next_advert(10s);
  require(first.at - began >= bench.router.down_interval(),
          "the first advert comes after " + millis(first.at - began));
  require(first.priority == 100, "its priority is " + std::to_string(first.priority));
}

void v2_without_authentication(Kind kind) {
  require_messages(kind, golden(v2()), "21339601 0001 3e66 0a000064 0000000000000000",
                   "21330001 0001 d466 0a000064 0000000000000000");
}

void v2_password(Kind kind) {
  Router router = golden(v2_pass("s3cr3t78"));
  router.vips = {"10.0.0.101/24", "10.0.0.100/24", "10.0.0.102/24"};
  require_messages(kind, router, "21339603 0101 e746 0a000065 0a000064 0a000066 7333637233743738",
                   "21330003 0101 7d47 0a000065 0a000064 0a000066 7333637233743738");
}

void v2_short_password_is_padded(Kind kind) {
  Bench bench{kind, golden(v2_pass("abc"))};
  bench.until_active();
  const Advert advert = bench.next_advert();
  require(advert.auth_type == 1, "its type is " + std::to_string(advert.auth_type));
  const Octets data(advert.ip.payload.end() - 8, advert.ip.payload.end());
  require(data == hex("6162630000000000"), "its authentication data is " + to_hex(data));
  require(advert.checksum_right, "the checksum is wrong");
}

// Refused, or cut to 8 octets with a warning.
void v2_long_password(Kind kind) {
  Bench bench{kind, v2_pass("s3cr3t78and9")};
  bench.start();
  // redvip refuses; how soon depends on the machine. keepalived would keep us waiting.
  if (bench.device().process().wait(kind == Kind::redvip ? 20s : 1s)) {
    require(bench.device().process().log().find("password") != std::string::npos,
            "it is refused without a word about the password");
    return;
  }
  const Advert advert = bench.next_advert(10s);
  const Octets data(advert.ip.payload.end() - 8, advert.ip.payload.end());
  require(data == hex("7333637233743738"), "it sends " + to_hex(data));
  require(bench.device().process().log().find("runcat") != std::string::npos,
          "it is cut without a warning");
}

void v3_checksum_with_pseudo_header(Kind kind) {
  require_messages(kind, golden(v4()), "31339601 0064 436f 0a000064",
                   "31330001 0064 d96f 0a000064");
}

void v3_checksum_of_the_message(Kind kind) {
  Router router = golden(v4());
  router.message_only_sum = true;
  Bench bench{kind, router};
  bench.until_active();
  require_message(bench.next_advert(), "31339601 0064 2e03 0a000064");
}

void v3_ipv6(Kind kind) {
  require_messages(
      kind, golden(v6()),
      "31339602 0064 5296 fe800000000000000000000000000100 20010db8000000000000000000000100",
      "31330002 0064 e896 fe800000000000000000000000000100 20010db8000000000000000000000100");
}

void require_carriage(Kind kind, const Router& router) {
  Bench bench{kind, router};
  bench.until_active();
  const Advert advert = bench.next_advert();
  const Stimulus right = bench.advert(100);
  require(advert.ip.destination == right.destination, "to " + to_hex(advert.ip.destination));
  require(advert.ip.link_destination == right.link_destination,
          "to the MAC " + to_hex(advert.ip.link_destination));
  require(advert.ip.hops == 255, "TTL " + std::to_string(advert.ip.hops));
  require(advert.ip.traffic_class == 0xc0, "TOS " + std::to_string(advert.ip.traffic_class));
  require(!advert.ip.fragment, "a fragment");
  require(advert.checksum_right, "the checksum is wrong");
  require(advert.type == 1 && advert.version == router.version, "another version or type");
}

void carriage(Kind kind) {
  require_carriage(kind, v4());
}

void carriage_v2(Kind kind) {
  require_carriage(kind, v2());
}

void carriage_v6(Kind kind) {
  require_carriage(kind, v6());
}

void address_lists(Kind kind) {
  for (const int count : {1, 20, 255}) {
    Router router = v4();
    router.vips.clear();
    for (int i = count; i > 0; --i) {  // not in the order of the addresses
      router.vips.push_back("10.1.0." + std::to_string(i) + "/16");
    }
    Bench bench{kind, router};
    bench.until_active();
    const Advert advert = bench.next_advert(5s);  // so many VIPs take their time
    require(advert.ip.payload == message([&] {
              Stimulus same = bench.advert(advert.priority);
              same.source = address(device_address);
              return same;
            }()),
            "with " + std::to_string(count) + " VIPs it sends " +
                to_hex(advert.ip.payload).substr(0, 40) + "...");
  }
}

// By the lower quartile: a busy machine delays some.
void require_pace(Kind kind, const Router& router, int periods) {
  Bench bench{kind, router};
  if (router.priority == 255) {
    bench.start();
  } else {
    bench.until_active();
    bench.listen(2 * router.interval);
  }
  Nanos last = bench.next_advert(30s).at;
  std::vector<Nanos> pauses;
  for (int i = 0; i < periods; ++i) {
    const Nanos next = bench.next_advert().at;
    pauses.push_back(next - std::exchange(last, next));
  }
  const auto quartile = pauses.begin() + periods / 4;
  std::nth_element(pauses.begin(), quartile, pauses.end());
  const Nanos off =
      std::max(*quartile, Nanos{router.interval}) - std::min(*quartile, Nanos{router.interval});
  require(off <= Nanos{router.interval} / 100, "an interval of " + millis(*quartile));
}

void pace(Kind kind) {
  Router router = v4();
  router.interval = 100ms;
  require_pace(kind, router, 30);
  router.interval = 1s;
  require_pace(kind, router, 10);
}

void slowest_pace(Kind kind) {
  Router router = of_priority(v4(), 255);
  router.interval = 40950ms;
  require_pace(kind, router, 1);
}

void sent_reserved_bits(Kind kind) {
  Router router = golden(v4());
  router.interval = 500ms;
  router.vips = {"10.0.0.100/24", "10.0.0.101/24"};
  Bench bench{kind, router};
  bench.until_active();
  require_message(bench.next_advert(), "31339602 0032 3937 0a000064 0a000065");
}

}  // namespace

std::vector<Case> transmission_cases() {
  return {
      {"TX01", "an address owner advertises at once, and before it announces",
       owner_starts_at_once},
      {"TX02", "another waits for the active-down interval", backup_waits_for_the_down_interval},
      {"TX03", "version 2 without authentication, octet by octet", v2_without_authentication},
      {"TX04", "version 2 with a short password: padded", v2_short_password_is_padded},
      {"TX04-golden", "version 2 with a password, octet by octet", v2_password},
      {"TX05", "a password of more than 8 octets is refused, or cut with a warning",
       v2_long_password},
      {"TX06", "version 3 over IPv4, octet by octet", v3_checksum_with_pseudo_header},
      {"TX06-rfc9568", "the same with the message-only checksum", v3_checksum_of_the_message},
      {"TX07", "version 3 over IPv6, octet by octet", v3_ipv6},
      {"TX08", "to the group, TTL 255, TOS c0, in one piece", carriage},
      {"TX08-v2", "the same of version 2", carriage_v2},
      {"TX08-v6", "the same over IPv6", carriage_v6},
      {"TX11", "1, 20 and 255 VIPs, in the order of the configuration", address_lists},
      {"TX12", "intervals of 0.1 and 1 s", pace},
      {"TX12-4095", "an interval of 40.95 s", slowest_pace, Turn::first},
      {"TX13", "the reserved bits are 0", sent_reserved_bits},
  };
}

}  // namespace redvip::conformance

// When it leads (RFC 9568 section 6.4).
#include <signal.h>

#include "conformance/case.hpp"

namespace redvip::conformance {
namespace {

using namespace std::chrono_literals;

// An interval long enough to tell "at once" from "when it is due".
Router slow(Router router) {
  router.interval = 500ms;
  return router;
}

void require_near(const std::string& what, Nanos found, Nanos expected) {
  require(found > expected - tolerance(expected) && found < expected + tolerance(expected),
          what + " after " + millis(found) + " instead of " + millis(expected));
}

// Sent in the middle of an interval, it makes the device advertise at once. The answer.
Advert require_answer(Bench& bench, const std::string& what, const Stimulus& stimulus) {
  const Nanos half = bench.router.interval / 2;
  bench.listen(half);
  const Nanos sent = bench.send(stimulus);
  const Advert answer = bench.next_advert();
  require(answer.at - sent < half / 2,
          what + ": the next advert comes " + millis(answer.at - sent) + " later");
  require(bench.holds_vips(), what + ": the VIP is gone");
  return answer;
}

void tie(Kind kind) {
  Bench loser{kind, slow(v4())};
  loser.until_active();
  loser.next_advert();
  require_answer(loser, "lower address", loser.advert(100, below));
  Bench winner{kind, slow(v4())};
  winner.until_active();
  winner.require_yields("higher address", frame(winner.advert(100, above)));
}

// Each differs from the device's fe80::d863:36ff:fe69:ab9a first in another octet; taken as signed,
// some of these comparisons would end the other way.
void tie_v6(Kind kind) {
  const std::vector<Peer> lower{{"10.0.0.2", "fe80::d863:36ff:fe69:ab99"},
                                {"10.0.0.3", "fe80::7fff:ffff:ffff:ffff"},
                                {"10.0.0.4", "fe80::d863:35ff:fe69:ab9a"}};
  const std::vector<Peer> higher{{"10.0.0.12", "fe80::d863:36ff:fe69:abff"},
                                 {"10.0.0.13", "fe80::ffff:0:0:1"},
                                 {"10.0.0.14", "fe80:0:0:80::1"},
                                 {"10.0.0.15", "febf::1"}};
  Router router = v6();
  router.peers = lower;
  Bench loser{kind, router};
  loser.until_active();
  for (const Peer& peer : lower) {
    loser.require_stays_active("tie with " + peer.link_local, frame(loser.advert(100, peer)));
  }
  for (const Peer& peer : higher) {
    router.peers = {peer};
    Bench winner{kind, router};
    winner.until_active();
    winner.require_yields("tie with " + peer.link_local, frame(winner.advert(100, peer)));
  }
}

void lower_priority(Kind kind) {
  Bench bench{kind, slow(v4())};
  bench.until_active();
  bench.listen(2 * bench.router.interval);
  const Advert before = bench.next_advert();
  require_answer(bench, "priority 50", bench.advert(50));
  require_near("the next periodic advert comes", bench.next_advert().at - before.at,
               bench.router.interval);
}

void release(Kind kind) {
  Bench bench{kind, slow(v4())};
  bench.until_active();
  bench.listen(2 * bench.router.interval);
  bench.next_advert();
  const Advert answer = require_answer(bench, "priority 0", bench.advert(0));
  require_near("the next periodic advert comes", bench.next_advert().at - answer.at,
               bench.router.interval);
}

void yields_without_preempt(Kind kind) {
  Router router = v4();
  router.preempt = false;
  Bench bench{kind, router};
  bench.until_active();
  bench.require_yields("priority 200", frame(bench.advert(200)));
}

void takes_over_after_skew(Kind kind) {
  Router router = v4();
  router.keeps_skew_time = true;
  Bench bench{kind, router};
  bench.until_backup();
  const Nanos sent = bench.send(bench.advert(0));
  require_near("it leads", bench.next_advert(3s).at - sent, bench.router.skew());
}

void preempts(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  const Nanos believed = bench.hold(bench.router.interval);
  bench.hold(bench.router.down_interval() + tolerance(bench.router.down_interval()), 50);
  const auto heard = bench.adverts(believed);
  require(!heard.empty(), "it does not lead");
  require_near("it leads", heard.front().at - believed, bench.router.down_interval());
}

void does_not_preempt(Kind kind) {
  Router router = v4();
  router.preempt = false;
  Bench bench{kind, router};
  bench.until_backup();
  const Nanos last = bench.hold(3 * router.down_interval(), 50);
  bench.require_silent({}, "it preempts");
  require_near("then it leads", bench.next_advert(3s).at - last, router.down_interval());
}

void no_tie_break_in_backup(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  bench.hold(2 * bench.router.down_interval(), 100, below);
  bench.require_silent({}, "it leads");
}

void owner_hears_owner_v2(Kind kind) {
  Router router = v2();
  router.priority = 255;
  Bench bench{kind, router};
  bench.until_active();
  bench.require_stays_active("priority 255", frame(bench.advert(255)));
}

void owner_hears_owner_v3(Kind kind) {
  Router router = v4();
  router.priority = 255;
  Bench bench{kind, router};
  bench.until_active();
  bench.require_stays_active("priority 255, lower address", frame(bench.advert(255, below)));
  bench.require_yields("priority 255, higher address", frame(bench.advert(255, above)));
}

void link_comes_back(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_active();
  bench.in_tester("ip link set eth0 down");
  bench.listen(1s);
  const Nanos back = now();
  bench.in_tester("ip link set eth0 up");
  Advert first = bench.next_advert(10s);
  while (first.priority == 0) first = bench.next_advert(10s);  // said when the link went
  const Nanos waited = first.at - back;
  require(waited >= bench.router.down_interval(), "it advertises after " + millis(waited));
}

void lost_adverts(Kind kind) {
  Bench bench{kind, v4()};
  bench.until_backup();
  for (int i = 0; i < 4; ++i) {
    bench.send(bench.advert(200));
    bench.listen(bench.router.interval * 29 / 10);
  }
  bench.require_silent({}, "it leads");
}

}  // namespace

std::vector<Case> state_cases() {
  return {
      {"FS01", "active, a tie: the higher address leads", tie},
      {"FS02", "active, a tie over IPv6: compared without sign, octet by octet", tie_v6},
      {"FS03", "active, a lower priority: an advert at once, the timer runs on", lower_priority},
      {"FS04", "active, priority 0: an advert at once, the next an interval later", release},
      {"FS05", "active without preemption yields to a higher priority", yields_without_preempt},
      {"FS06", "backup, priority 0: leads after its skew", takes_over_after_skew},
      {"FS07", "backup preempts a lower priority after its down interval", preempts},
      {"FS08", "backup without preemption stays below a lower priority", does_not_preempt},
      {"FS09", "backup knows no tie-break", no_tie_break_in_backup},
      {"FS10", "version 2: an owner drops another owner's adverts", owner_hears_owner_v2},
      {"FS10-v3", "version 3: an owner yields to one with a higher address", owner_hears_owner_v3},
      {"FS11", "the link comes back: a down interval of silence", link_comes_back},
      {"FS12", "two lost adverts of three do not make it lead", lost_adverts},
  };
}

}  // namespace redvip::conformance

// Where the election of RFC 3768 differs from that of RFC 9568, and that it differs nowhere else.
#include "vrrp/election.hpp"

#include "catch.hpp"

namespace redvip::vrrp {
namespace {

const IpAddress self{0x0A000005};
const IpAddress above{0x0A000006};
const IpAddress below{0x0A000004};

ElectionConfig config(int seconds, int priority = 100, bool preempt = true) {
  return {Priority::of(priority), Centiseconds{100 * seconds}, preempt, self, Version::v2};
}

Advert advert(int priority, int seconds, IpAddress sender = above) {
  return {Priority::of(priority), Centiseconds{100 * seconds}, sender};
}

Arm await_active(int microseconds) {
  return {Timer::active_down, Micros{microseconds}};
}

}  // namespace

TEST_CASE("RFC 3768 6.1: Skew_Time is ((256 - Priority) / 256) seconds, whatever the interval") {
  for (const int seconds : {1, 5, 255}) {
    const Centiseconds interval{100 * seconds};
    CHECK(skew_time(Priority::of(254), interval, Version::v2) == Micros{7812});
    CHECK(skew_time(Priority::of(200), interval, Version::v2) == Micros{218750});
    CHECK(skew_time(Priority::of(100), interval, Version::v2) == Micros{609375});
    CHECK(skew_time(Priority::of(1), interval, Version::v2) == Micros{996093});
  }
}

TEST_CASE("RFC 3768 6.1: Master_Down_Interval is (3 * Advertisement_Interval) + Skew_Time") {
  const auto down = [](int priority, int seconds) {
    return active_down_interval(Priority::of(priority), Centiseconds{100 * seconds}, Version::v2);
  };
  CHECK(down(254, 1) == Micros{3007812});
  CHECK(down(100, 1) == Micros{3609375});
  CHECK(down(1, 1) == Micros{3996093});
  CHECK(down(254, 5) == Micros{15007812});
  CHECK(down(200, 5) == Micros{15218750});
  CHECK(down(100, 5) == Micros{15609375});
}

TEST_CASE("RFC 3768 6.4.1: Startup waits one Master_Down_Interval, an owner does not") {
  CHECK(step(config(5), Initialize{}, Startup{}) ==
        Step{Backup{Centiseconds{500}}, {Follow{}, await_active(15609375)}});
  CHECK(
      step(config(5, 255), Initialize{}, Startup{}) ==
      Step{Active{}, {SendAdvert{Priority::of(255)}, Lead{}, Arm{Timer::adver, Micros{5000000}}}});
}

TEST_CASE("RFC 3768 6.4.2: a Backup learns no interval") {
  const Step waits_on{Backup{Centiseconds{500}}, {await_active(15609375)}};
  CHECK(step(config(5), Backup{Centiseconds{500}}, advert(200, 5)) == waits_on);
  CHECK(step(config(5), Backup{Centiseconds{500}}, advert(200, 1)) == waits_on);
}

TEST_CASE("RFC 3768 6.4.2: on priority 0 a Backup waits Skew_Time, which is of a second") {
  CHECK(step(config(5), Backup{Centiseconds{500}}, advert(0, 5)) ==
        Step{Backup{Centiseconds{500}}, {await_active(609375)}});
}

TEST_CASE("RFC 3768 6.4.2: preemption is as in RFC 9568") {
  const Backup backup{Centiseconds{500}};
  CHECK(step(config(5), backup, advert(99, 5)) == Step{backup, {}});
  CHECK(step(config(5, 100, false), backup, advert(99, 5)) ==
        Step{backup, {await_active(15609375)}});
  CHECK(step(config(5), backup, advert(100, 5, below)) == Step{backup, {await_active(15609375)}});
}

TEST_CASE("RFC 3768 6.4.3: a Master yields to a higher priority or address, at its own interval") {
  const Step yields{Backup{Centiseconds{500}},
                    {Disarm{Timer::adver}, Follow{}, await_active(15609375)}};
  CHECK(step(config(5), Active{}, advert(101, 5, below)) == yields);
  CHECK(step(config(5), Active{}, advert(100, 5, above)) == yields);
  CHECK(step(config(5), Active{}, advert(200, 1)) == yields);
}

TEST_CASE(
    "a lower advert is answered in v2 too, as keepalived does: the other must yield at once") {
  const Step answers{Active{}, {SendAdvert{Priority::of(100)}}};
  CHECK(step(config(5), Active{}, advert(99, 5)) == answers);
  CHECK(step(config(5), Active{}, advert(100, 5, below)) == answers);
}

TEST_CASE("RFC 3768 6.4.3: priority 0, the timer and Shutdown are as in RFC 9568") {
  const Step advertises{Active{},
                        {SendAdvert{Priority::of(100)}, Arm{Timer::adver, Micros{5000000}}}};
  CHECK(step(config(5), Active{}, advert(0, 5)) == advertises);
  CHECK(step(config(5), Active{}, AdverTimer{}) == advertises);
  CHECK(step(config(5), Active{}, Shutdown{}) ==
        Step{Initialize{}, {Disarm{Timer::adver}, SendAdvert{Priority::of(0)}, Follow{}}});
}

}  // namespace redvip::vrrp

#include "daemon/metrics_tally.hpp"

#include "catch.hpp"
#include "metrics_sample.hpp"

namespace redvip::daemon {

namespace {

std::uint64_t times(const ServiceTally& tally, State to, Motive motive) {
  const auto found = tally.transitions.find({to, motive});
  return found == tally.transitions.end() ? 0 : found->second;
}

Instant at(Micros since_start) {
  return Instant{Seconds{1000}} + since_start;
}

}  // namespace

TEST_CASE("transitions are counted by the new state and what made them") {
  ServiceTally tally;
  tally.count(took_over(Motive::failover), 1);
  tally.count(took_over(Motive::failover), 2);
  tally.count(took_over(Motive::switchover), 3);
  tally.count({State::serving, State::fault, "Redis is down", {}, {}, {}, Motive::fault}, 4);
  CHECK(times(tally, State::serving, Motive::failover) == 2);
  CHECK(times(tally, State::serving, Motive::switchover) == 1);
  CHECK(times(tally, State::fault, Motive::fault) == 1);
  CHECK(tally.refusals == 0);
  REQUIRE(tally.last_takeover);
  CHECK(tally.last_takeover->motive == Motive::switchover);
  CHECK(tally.last_takeover->at_ms == 3);
  CHECK(tally.last_takeover->took == Approx(0.0027));
  CHECK(tally.last_takeover->at_most_lost == 1210);
}

TEST_CASE("what changed no state is a refusal or a divergence, and no transition") {
  ServiceTally tally;
  const auto before = tally.transitions;
  tally.count(refused(), 1);
  tally.count(diverged(500), 2);
  tally.count(diverged(std::nullopt), 3);
  CHECK(tally.refusals == 1);
  CHECK(tally.divergences == 2);
  CHECK(tally.diverged_bytes == 500);
  CHECK(tally.transitions == before);
}

TEST_CASE("only a take-over is timed: not a hand-over that was taken back") {
  ServiceTally tally;
  Transition back{State::handing_over, State::serving, "still the owner", {}, {}, {},
                  Motive::taken_back};
  back.phases = {{"frozen", Millis{1}}};
  tally.count(back, 1);
  CHECK(tally.phases.empty());
  CHECK_FALSE(tally.last_takeover);
  CHECK(times(tally, State::serving, Motive::taken_back) == 1);
}

TEST_CASE("a histogram's buckets include the smaller ones and the bound itself") {
  Histogram histogram;
  histogram.observe(0.001);
  histogram.observe(7);
  CHECK(histogram.counts[0] == 0);
  CHECK(histogram.counts[1] == 1);
  CHECK(histogram.counts.back() == 1);
  CHECK(histogram.count == 2);
  CHECK(histogram.sum == Approx(7.001));
}

TEST_CASE("the time with two owners is that between looks of which the first saw two") {
  ServiceTally tally;
  tally.two_owners(at(Millis{0}), false);
  tally.two_owners(at(Millis{100}), true);
  CHECK(tally.with_two_owners == Micros{0});
  tally.two_owners(at(Millis{200}), true);
  tally.two_owners(at(Millis{250}), false);
  tally.two_owners(at(Millis{900}), false);
  CHECK(tally.with_two_owners == Millis{150});
}

TEST_CASE("a stall is counted once, however many timers tell of it") {
  LoopTally loop;
  loop.fired(at(Millis{0}), at(Millis{49}));
  CHECK(loop.stalls() == 0);
  loop.fired(at(Millis{100}), at(Millis{400}));
  loop.fired(at(Millis{150}), at(Millis{401}));
  loop.fired(at(Millis{390}), at(Millis{401}));
  CHECK(loop.stalls() == 1);
  loop.fired(at(Millis{500}), at(Millis{600}));
  CHECK(loop.stalls() == 2);
  CHECK(loop.longest(at(Millis{600})) == Millis{300});
}

TEST_CASE("the longest stall is forgotten after one to two minutes") {
  LoopTally loop;
  const Instant start{Seconds{6000}};  // a whole minute
  loop.fired(start, start + Millis{300});
  loop.fired(start + Seconds{59}, start + Seconds{59} + Millis{2});
  CHECK(loop.longest(start + Seconds{59}) == Millis{300});
  CHECK(loop.longest(start + Seconds{119}) == Millis{300});
  CHECK(loop.longest(start + Seconds{120}) == Micros{0});
  loop.fired(start + Seconds{61}, start + Seconds{61} + Millis{5});
  CHECK(loop.longest(start + Seconds{119}) == Millis{300});
  loop.fired(start + Seconds{121}, start + Seconds{121} + Millis{1});
  CHECK(loop.longest(start + Seconds{122}) == Millis{5});
}

TEST_CASE("a timer that was armed anew after it had fired was not early") {
  LoopTally loop;
  loop.fired(at(Seconds{5}), at(Seconds{1}));
  CHECK(loop.longest(at(Seconds{1})) == Micros{0});
  CHECK(loop.stalls() == 0);
}

}  // namespace redvip::daemon

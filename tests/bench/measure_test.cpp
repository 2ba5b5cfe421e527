#include "bench/measure.hpp"

#include "catch.hpp"

using namespace redvip::bench;

TEST_CASE("an outage is the longest time between two answers, also one that is still open") {
  const std::vector<Ms> times{-20, -10, 5, 6, 40, 41};
  CHECK(longest_gap(times, 0, 41) == 34);
  CHECK(longest_gap(times, 0, 141) == 100);
  CHECK(longest_gap(times, 7, 41) == 34);  // it ends after the 7th millisecond
  CHECK(longest_gap(times, 40, 41) == 1);
}

TEST_CASE("an outage that began before the fault counts from the last answer before it") {
  CHECK(longest_gap({-30, 10, 11}, 0, 11) == 40);
}

TEST_CASE("without any answer all of the time is an outage") {
  CHECK(longest_gap({}, 0, 500) == 500);
}

TEST_CASE("only outages of some length are summed") {
  CHECK(summed_gaps({0, 10, 14, 34}, 0, 34, 10) == 30);
}

TEST_CASE("answers without a longer pause are one span, and one alone is a span of no length") {
  CHECK(spans({1, 2, 3, 10, 20, 21}, 5) == std::vector<Span>{{1, 3}, {10, 10}, {20, 21}});
  CHECK(spans({}, 5).empty());
}

TEST_CASE("two servers answer at the same time where their spans lie over each other") {
  CHECK(overlap({{0, 10}, {20, 30}}, {{5, 25}}) == 10);
  CHECK(overlap({{0, 10}}, {{10, 20}}) == 0);
  CHECK(overlap({{0, 10}}, {}) == 0);
}

TEST_CASE("a spread is the middle value and both ends") {
  const Spread odd = spread({3, 1, 2});
  CHECK(odd.median == 2);
  CHECK(odd.min == 1);
  CHECK(odd.max == 3);
  CHECK(odd.count == 3);
  CHECK(spread({1, 2, 3, 10}).median == 2.5);
  CHECK(spread({}).count == 0);
}

TEST_CASE("a percentile is a value that was measured") {
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  CHECK(percentile(hundred, 0.5) == 50);
  CHECK(percentile(hundred, 0.99) == 99);
  CHECK(percentile(hundred, 1) == 100);
  CHECK(percentile({7}, 0.5) == 7);
  CHECK(percentile({}, 0.5) == 0);
}

// From the times of acknowledged writes to outages and pictures. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "bench/run.hpp"

namespace redvip::bench {

// The longest time between two neighbours of which the later is after `from`. `times` ascends; what
// is still open at its end counts up to `until`.
[[nodiscard]] Ms longest_gap(const std::vector<Ms>& times, Ms from, Ms until);
// The sum of those of at least `at_least`.
[[nodiscard]] Ms summed_gaps(const std::vector<Ms>& times, Ms from, Ms until, Ms at_least);

// Spans in which neighbours are at most `pause` apart. One moment alone is a span of no length.
[[nodiscard]] std::vector<Span> spans(const std::vector<Ms>& times, Ms pause);

// How long spans of both lists lie over each other.
[[nodiscard]] Ms overlap(const std::vector<Span>& left, const std::vector<Span>& right);

struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
  std::size_t count = 0;
};
[[nodiscard]] Spread spread(std::vector<double> values);  // all 0 of none
// The value that `share` (0..1) of them do not exceed; 0 of none.
[[nodiscard]] double percentile(std::vector<double> values, double share);

}  // namespace redvip::bench

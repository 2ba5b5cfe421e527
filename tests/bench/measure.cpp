#include "bench/measure.hpp"

#include <algorithm>
#include <cmath>

namespace redvip::bench {
namespace {

// Calls `each` with the length of every gap that ends after `from`.
template <class Each>
void for_each_gap(const std::vector<Ms>& times, Ms from, Ms until, Each each) {
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] > from) each(times[i] - times[i - 1]);
  }
  const Ms last = times.empty() ? from : times.back();
  if (until > last) each(until - last);
}

}  // namespace

Ms longest_gap(const std::vector<Ms>& times, Ms from, Ms until) {
  Ms longest = 0;
  for_each_gap(times, from, until, [&](Ms gap) { longest = std::max(longest, gap); });
  return longest;
}

Ms summed_gaps(const std::vector<Ms>& times, Ms from, Ms until, Ms at_least) {
  Ms sum = 0;
  for_each_gap(times, from, until, [&](Ms gap) { sum += gap >= at_least ? gap : 0; });
  return sum;
}

std::vector<Span> spans(const std::vector<Ms>& times, Ms pause) {
  std::vector<Span> found;
  for (const Ms time : times) {
    if (found.empty() || time - found.back().to > pause) found.push_back({time, time});
    found.back().to = time;
  }
  return found;
}

Ms overlap(const std::vector<Span>& left, const std::vector<Span>& right) {
  Ms sum = 0;
  for (const Span& a : left) {
    for (const Span& b : right)
      sum += std::max(0.0, std::min(a.to, b.to) - std::max(a.from, b.from));
  }
  return sum;
}

Spread spread(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back(), values.size()};
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

}  // namespace redvip::bench

#include "daemon/metrics_tally.hpp"

#include <algorithm>

namespace redvip::daemon {

void Histogram::observe(double seconds) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (seconds <= bounds[i]) ++counts[i];
  }
  ++count;
  sum += seconds;
}

// Prometheus sees that a counter grows, not that it appears: the first failover must not go unseen.
ServiceTally::ServiceTally() {
  for (const auto motive : {Motive::start, Motive::failover, Motive::switchover, Motive::forced,
                            Motive::preemption, Motive::taken_back}) {
    transitions[{State::serving, motive}] = 0;
  }
  transitions[{State::fault, Motive::fault}] = 0;
  for (const auto motive : {Motive::unfit, Motive::displaced, Motive::abandoned}) {
    transitions[{State::holding, motive}] = 0;
  }
}

void ServiceTally::count(const Transition& transition, std::int64_t now_ms) {
  const auto motive = transition.motive;
  if (motive == Motive::diverged) {
    ++divergences;
    diverged_bytes += std::max<std::int64_t>(0, transition.toll.diverged.value_or(0));
    return;
  }
  if (transition.from == transition.to) {
    if (transition.motive == Motive::refused) ++refusals;
    return;
  }
  ++transitions[{transition.to, motive}];
  if (transition.from != State::promoting || transition.to != State::serving) return;
  const auto seconds = [](Micros time) { return static_cast<double>(time.count()) / 1e6; };
  Micros all{0};
  for (const auto& [phase, took] : transition.phases) {
    phases[phase].observe(seconds(took));
    all += took;
  }
  last_takeover = LastTakeOver{motive, now_ms, seconds(all), transition.toll.at_most_lost};
}

void ServiceTally::two_owners(Instant now, bool two) {
  if (two_since_) with_two_owners += now - *two_since_;
  two_since_ = two ? std::optional{now} : std::nullopt;
}

void LoopTally::fired(Instant due, Instant now) {
  const Micros late = now - due;
  if (late < Micros{0}) return;  // it was armed anew after it had fired
  if (const auto current = window_of(now); current != window_) {
    longest_before_ = current == window_ + 1 ? longest_ : Micros{0};
    longest_ = Micros{0};
    window_ = current;
  }
  longest_ = std::max(longest_, late);
  if (late < stall) return;
  if (due > stalled_until_) ++stalls_;
  stalled_until_ = now;
}

Micros LoopTally::longest(Instant now) const {
  const auto current = window_of(now);
  if (current == window_) return std::max(longest_, longest_before_);
  return current == window_ + 1 ? longest_ : Micros{0};
}

}  // namespace redvip::daemon

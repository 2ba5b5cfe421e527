// What is counted for the metrics while the daemon runs: of each service, and of the loop. Pure. A
// reload changes nothing here, not even one that starts a service anew; a service that is removed
// takes its tally along.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/action.hpp"
#include "vrrp/receive.hpp"

namespace redvip::daemon {

// As Prometheus has it: `counts[i]` observations were at most `bounds[i]`, those of all smaller
// buckets included.
struct Histogram {
  static constexpr std::array bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                     0.1,    0.25,  0.5,    1.0,   2.5,  5.0};  // seconds
  std::array<std::uint64_t, bounds.size()> counts{};
  std::uint64_t count = 0;
  double sum = 0;  // seconds

  void observe(double seconds);
};

// The last time that this node took the service over.
struct LastTakeOver {
  Motive motive;
  std::int64_t at_ms;  // since 1970, UTC
  double took;         // seconds, from the decision until the address was announced
  std::optional<std::int64_t> at_most_lost;  // bytes; nothing: not known
};

class ServiceTally {
 public:
  struct Kind {
    State to;
    Motive motive;
    auto operator<=>(const Kind&) const = default;
  };

  ServiceTally();

  // `now_ms`: since 1970, UTC.
  void count(const Transition& transition, std::int64_t now_ms);
  // To be told often: `two` from now on means that another owner is heard while this node serves.
  void two_owners(Instant now, bool two);

  vrrp::Counters adverts;           // heard
  std::uint64_t adverts_sent = 0;   // one for each packet
  std::uint64_t announcements = 0;  // gratuitous ARP and unsolicited neighbour advertisements
  std::map<Kind, std::uint64_t> transitions;  // those worth an alert are there from the start, as 0
  std::uint64_t refusals = 0;
  std::uint64_t divergences = 0;
  std::int64_t diverged_bytes = 0;  // as far as they are known
  Micros with_two_owners{0};
  std::map<std::string, Histogram> phases;  // of take-overs
  std::optional<LastTakeOver> last_takeover;

 private:
  std::optional<Instant> two_since_;
};

// How late the loop is. A timer that fires late says how long nothing else was done.
class LoopTally {
 public:
  // So much is a stall: half the default advertisement interval.
  static constexpr Millis stall{50};

  void fired(Instant due, Instant now);
  // The longest that any timer was late in the last one to two minutes, so that nobody who asks
  // every minute misses it.
  [[nodiscard]] Micros longest(Instant now) const;
  [[nodiscard]] std::uint64_t stalls() const { return stalls_; }  // several timers may tell of one

 private:
  static constexpr Seconds window{60};
  [[nodiscard]] static std::int64_t window_of(Instant now) {
    return now.time_since_epoch() / Micros{window};
  }

  std::uint64_t stalls_ = 0;
  Instant stalled_until_{};
  std::int64_t window_ = 0;  // that of `longest_`
  Micros longest_{0};
  Micros longest_before_{0};  // in the window before it
};

}  // namespace redvip::daemon

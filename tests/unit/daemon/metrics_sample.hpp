// A snapshot with something in every metric.
#pragma once

#include "daemon/metrics.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

inline Transition took_over(Motive motive) {
  Transition transition{State::promoting, State::serving, "redis-b is silent", {}, {}, {}, motive};
  transition.phases = {
      {"drained", Micros{2200}}, {"promoted", Micros{400}}, {"announced", Micros{100}}};
  transition.toll.at_most_lost = 1210;
  return transition;
}

inline Transition refused() {
  return {State::serving, State::serving, "nobody can take over", {}, {}, {}, Motive::refused};
}

inline Transition diverged(std::optional<std::int64_t> bytes) {
  Transition transition{State::holding, State::holding, "kept", {}, {}, {}, Motive::diverged};
  transition.toll = {std::nullopt, bytes, "/var/lib/redvip/diverged/x"};
  return transition;
}

inline ServiceTally sample_tally() {
  ServiceTally tally;
  tally.count(took_over(Motive::failover), 1'763'521'927'113);
  tally.count(refused(), 1'763'521'928'000);
  tally.count(diverged(500), 1'763'521'929'000);
  tally.adverts.accepted = 7;
  tally.adverts.rejected[static_cast<std::size_t>(vrrp::Reject::checksum)] = 2;
  tally.adverts.addresses_differ = 1;
  tally.adverts_sent = 42;
  tally.announcements = 10;
  tally.with_two_owners = Millis{1500};
  return tally;
}

struct SampleMetrics {
  SampleMetrics() : tally{sample_tally()} {
    snapshot.status = sample_status();
    snapshot.tallies = {&tally};
    snapshot.started_at_ms = 1'763'520'000'250;
    snapshot.loop_stalls = 3;
    snapshot.longest_stall = Millis{120};
  }
  SampleMetrics(const SampleMetrics&) = delete;
  SampleMetrics& operator=(const SampleMetrics&) = delete;

  [[nodiscard]] std::string text() const { return metrics_text(snapshot); }

  ServiceTally tally;
  MetricsSnapshot snapshot;
};

}  // namespace redvip::daemon

// The time between two adverts of the owner, on the wire, and who else advertised.
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <iostream>

#include "bench/benches.hpp"
#include "bench/fleet.hpp"
#include "bench/json.hpp"
#include "bench/measure.hpp"
#include "bench/spinners.hpp"
#include "bench/tap.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

struct Jitter {
  std::string system;
  int interval_ms = 0;
  bool busy = false;
  int seconds = 0;
  std::size_t adverts = 0;
  double p50 = 0;  // ms by which an advert came earlier or later than one interval after the last
  double p99 = 0;
  double max = 0;
  int take_overs = 0;  // how often another one advertised than before
};

Jitter judge(const std::vector<Frame>& frames, const std::string& system, int interval_ms) {
  Jitter jitter{.system = system, .interval_ms = interval_ms};
  std::vector<double> off;
  const Frame* before = nullptr;
  for (const Frame& frame : frames) {
    if (frame.kind != Frame::Kind::advert) continue;
    ++jitter.adverts;
    if (before != nullptr && before->source != frame.source) ++jitter.take_overs;
    if (before != nullptr && before->source == frame.source) {
      const std::chrono::duration<double, std::milli> apart = frame.at - before->at;
      off.push_back(std::abs(apart.count() - interval_ms));
    }
    before = &frame;
  }
  jitter.p50 = percentile(off, 0.5);
  jitter.p99 = percentile(off, 0.99);
  jitter.max = percentile(off, 1);
  return jitter;
}

// One pair of hosts with one service, listened to.
struct Pair {
  Pair(FleetManager manager, int interval_ms)
      : fleet{{.manager = manager, .advert_interval = std::chrono::milliseconds{interval_ms}}},
        tap{fleet.network, false} {}
  Fleet fleet;
  Tap tap;
};

std::vector<std::string> row(const Jitter& jitter) {
  return {jitter.system,
          fmt::format("{} ms", jitter.interval_ms),
          jitter.busy ? "every core busy" : "idle",
          fmt::format("{} s", jitter.seconds),
          grouped(static_cast<double>(jitter.adverts)),
          fmt::format("{:.3f} ms", jitter.p50),
          fmt::format("{:.3f} ms", jitter.p99),
          fmt::format("{:.3f} ms", jitter.max),
          std::to_string(jitter.take_overs)};
}

json::object object_of(const Jitter& jitter) {
  return {{"system", jitter.system},
          {"interval_ms", jitter.interval_ms},
          {"busy", jitter.busy},
          {"seconds", jitter.seconds},
          {"adverts", jitter.adverts},
          {"p50_ms", jitter.p50},
          {"p99_ms", jitter.p99},
          {"max_ms", jitter.max},
          {"take_overs", jitter.take_overs}};
}

using Pairs = std::vector<std::unique_ptr<Pair>>;

std::vector<Jitter> listen(const Pairs& pairs, bool busy, int seconds) {
  std::optional<Spinners> spinners;
  if (busy) spinners.emplace();
  for (const auto& pair : pairs) pair->tap.forget();
  std::cerr << (busy ? "every core busy" : "idle") << " for " << seconds << " s\n";
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  std::vector<Jitter> seen;
  for (const auto& pair : pairs) {
    const auto& options = pair->fleet.options;
    seen.push_back(judge(pair->tap.frames(), to_text(options.manager),
                         static_cast<int>(options.advert_interval.count())));
    seen.back().busy = busy;
    seen.back().seconds = seconds;
  }
  return seen;
}

}  // namespace

void jitter_bench(const BenchOptions& options, const std::vector<int>& intervals_ms,
                  int idle_seconds, int busy_seconds) {
  Pairs pairs;  // all at the same time: they wait most of it, and meet the same machine
  for (const int interval : intervals_ms) {
    for (const auto manager : {FleetManager::redvip, FleetManager::keepalived}) {
      pairs.push_back(std::make_unique<Pair>(manager, interval));
    }
  }
  auto seen = listen(pairs, false, idle_seconds);
  for (auto& jitter : listen(pairs, true, busy_seconds)) seen.push_back(std::move(jitter));
  Table table{
      "Adverts: by how much they miss their interval",
      "",
      {"system", "interval", "machine", "for", "adverts", "p50", "p99", "most", "take-overs"},
      {}};
  json::array raw;
  int false_moves = 0;
  for (const Jitter& jitter : seen) {
    table.rows.push_back(row(jitter));
    raw.push_back(object_of(jitter));
    if (jitter.system == to_text(FleetManager::redvip)) false_moves += jitter.take_overs;
  }
  table.note = fmt::format(
      "Captured on the switch; {} pairs of hosts at the same time. Busy: as many endless loops as "
      "cores, "
      "of ordinary priority.",
      pairs.size());
  write_bench(options, "jitter", {table},
              {{fmt::format("no false failover in {} s idle and {} s with every core busy",
                            idle_seconds, busy_seconds),
                fmt::format("{} take-overs", false_moves), false_moves == 0}},
              std::move(raw));
}

}  // namespace redvip::bench

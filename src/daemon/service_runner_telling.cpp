// What a service tells people: the history, the log, the status.
#include "daemon/clock.hpp"
#include "daemon/history.hpp"
#include "daemon/service_runner.hpp"
#include "daemon/status_view.hpp"

namespace redvip::daemon {
namespace {

HistoryRecord to_history(const Site& site, const Transition& transition) {
  const auto& toll = transition.toll;
  HistoryRecord record{utc_now(),
                       site.name(site.self),
                       site.service.name,
                       name(transition.from),
                       name(transition.to),
                       transition.cause,
                       transition.inputs,
                       {},
                       toll.at_most_lost,
                       toll.diverged,
                       toll.saved_in,
                       transition.by,
                       name(transition.motive)};
  for (const auto& [phase, took] : transition.phases) {
    record.phases_ms.emplace_back(phase, static_cast<double>(took.count()) / 1000.0);
  }
  return record;
}

std::map<std::string, std::int64_t> by_name(const vrrp::Counters& counters) {
  std::map<std::string, std::int64_t> result;
  const auto add = [&](const std::string& what, std::uint64_t times) {
    if (times > 0) result[what] = static_cast<std::int64_t>(times);
  };
  for (std::size_t reason = 0; reason < vrrp::reject_count; ++reason) {
    add(std::string{vrrp::name(static_cast<vrrp::Reject>(reason))}, counters.rejected[reason]);
  }
  add("accepted", counters.accepted);
  add("accepted-message-only-checksum", counters.message_only_checksum);
  add("accepted-addresses-differ", counters.addresses_differ);
  add("accepted-interval-differs", counters.interval_differs);
  add("accepted-first-not-link-local", counters.first_not_link_local);
  add("accepted-unsigned", counters.is_unsigned);
  add("accepted-duplicate-owner", counters.duplicate_owner);
  add("accepted-priority-zero", counters.priority_zero);
  return result;
}

}  // namespace

void ServiceRunner::record(const Transition& transition) {
  const auto entry = to_history(site(), transition);
  tally_.count(transition, wall_now_ms());
  if (transition.from != transition.to) {
    since_ = entry.time;
    lan_.forget_complaints();
    std::string text = entry.service + ": " + entry.from + " -> " + entry.to + ": " + entry.cause;
    for (const auto& [phase, took] : entry.phases_ms) {
      text += (phase == entry.phases_ms.front().first ? " [" : ", ") + phase + ' ' +
              std::to_string(took).substr(0, std::to_string(took).find('.') + 2) + " ms";
    }
    if (!entry.phases_ms.empty()) text += "]";
    machinery_.log.info(text);
  }
  write_file([path = machinery_.state_dir + "/history.jsonl", line = to_json_line(entry)] {
    return append_line(path, line);
  });
  notifier_.transition(transition, node_.service().priority());
  tell_presence();
  callbacks_.changed();
}

ServiceStatus ServiceRunner::status() const {
  auto status = status_of(node_.service(), now());
  status.since = since_;
  status.adverts = by_name(tally_.adverts);
  const auto& service = node_.service();
  const auto wall = [](std::optional<Instant> at) {
    return at ? utc_text(std::chrono::system_clock::now() + (*at - now())) : std::string{};
  };
  status.paused_since = wall(service.paused_since());
  status.paused_until = wall(service.pause_ends());
  return status;
}

}  // namespace redvip::daemon

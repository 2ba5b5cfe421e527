#include "daemon/explain.hpp"

#include <algorithm>

#include "core/state.hpp"
#include "daemon/render.hpp"

namespace redvip::daemon {

namespace {

// What ends a state (DESIGN section 5): each has a deadline or a reason to wait.
const char* what_ends(State state) {
  switch (state) {
    case State::starting:
      return "when it has listened for an owner and every Redis has answered or been given up";
    case State::standby:
      return "when the owner releases the address, falls silent, or hands over";
    case State::promoting:
      return "within milliseconds; where a Redis hangs, after down_after";
    case State::serving:
      return "when its Redis, its interface or a track fails, on request, or when another leads";
    case State::handing_over:
      return "within half a second: the other takes it, or this node goes on";
    case State::fault:
      return "by itself when what failed is well again";
    case State::holding:
      return "by itself when its Redis is in sync with the owner's, or proven to be the latest";
  }
  return "";
}

std::string redis_text(const NodeStatus& node, bool owner) {
  if (!node.redis) return "its Redis is not seen";
  const auto& redis = *node.redis;
  std::string text = "its Redis is a " + redis.role;
  if (redis.role == "parked") text = "its Redis is parked, a replica of nothing";
  if (redis.role == "replica") text += ", link " + redis.link;
  if (redis.lag_bytes && !owner)
    text += ", " + bytes_text(*redis.lag_bytes) + " behind the owner's";
  return text + ", " + thousands(redis.keys) + " keys";
}

std::string node_text(const ServiceStatus& service, const NodeStatus& node) {
  std::string text = node.state;
  if (node.paused.value_or(false)) text += ", paused";
  if (!node.reason.empty()) text += ": " + node.reason;
  text += "; " + redis_text(node, service.owner == node.name);
  if (node.priority) text += "; priority " + std::to_string(*node.priority);
  if (!node.problem.empty()) text += "; " + node.problem;
  if (service.owner == node.name) return text;
  if (!node.objection) return text + "; whether it could take over is for the owner to judge";
  if (node.objection->empty()) return text + "; could take over now";
  return text + "; cannot take over: " + *node.objection;
}

// How this node came to be in its state, and what it knew then.
std::vector<std::string> origin(const ServiceStatus& service,
                                const std::vector<HistoryRecord>& history) {
  const auto found = std::find_if(history.rbegin(), history.rend(), [&](const auto& record) {
    return record.service == service.name && record.to == service.state && record.from != record.to;
  });
  if (found == history.rend()) return {};
  std::vector<std::string> lines{"  decided at " + found->time + ": " + found->cause};
  for (const auto& [name, value] : found->inputs) lines.push_back("    " + name + ": " + value);
  return lines;
}

std::string track_text(const TrackStatus& track) {
  const std::string weight = track.weight == 0
                                 ? "its loss is a fault"
                                 : "moves the priority by " + std::to_string(track.weight);
  return "  track " + track.name + (track.up ? ": well; " : ": fails, " + track.why + "; ") +
         weight;
}

}  // namespace

std::string explain(const ServiceStatus& service, const std::vector<HistoryRecord>& history,
                    WallTime now) {
  const auto age = age_since(service.since, now);
  const auto state = state_named(service.state);
  std::vector<std::string> lines{
      service.name + ": " +
          (service.owner ? *service.owner + " owns it" : "nobody is known to own it") +
          (service.two_owners ? ", and another node claims to" : ""),
      "  this node is in " + service.state + (age.empty() ? "" : ", for " + age) + ": " +
          service.reason};
  if (service.paused) {
    lines.push_back("  it is paused: nothing changes by itself until 'redvip resume'" +
                    (service.paused_until.empty() ? "" : " or " + service.paused_until));
  }
  if (state) lines.push_back(std::string{"  that ends "} + what_ends(*state));
  for (auto& line : origin(service, history)) lines.push_back(std::move(line));
  for (const auto& track : service.tracks) lines.push_back(track_text(track));
  lines.emplace_back("  the nodes now:");
  for (const auto& node : service.nodes) {
    lines.push_back("    " + node.name + (node.self ? " (this one): " : ": ") +
                    node_text(service, node));
  }
  lines.push_back("  failover now: " + std::string{service.failover_possible ? "yes, " : "no, "} +
                  service.failover);
  lines.push_back("  an owner that falls silent is replaced after " +
                  std::to_string(service.silence_limit.count()) + " ms at most");
  std::string text;
  for (auto& line : lines) text += printable(std::move(line)) + '\n';
  return text;
}

}  // namespace redvip::daemon

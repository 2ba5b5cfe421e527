#include "daemon/cli_switchover.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <thread>

#include "core/action.hpp"
#include "daemon/clock.hpp"
#include "daemon/render.hpp"

namespace redvip::daemon {

namespace {

constexpr Seconds decided_within{10};
constexpr Seconds settled_within{5};

const NodeStatus* find_node(const ServiceStatus& service, const std::string& name) {
  const auto found = std::ranges::find(service.nodes, name, &NodeStatus::name);
  return found == service.nodes.end() ? nullptr : &*found;
}

const NodeStatus& own_node(const ServiceStatus& service) {
  const auto found = std::ranges::find_if(service.nodes, &NodeStatus::self);
  return found == service.nodes.end() ? service.nodes.front() : *found;
}

std::string lag_of(const NodeStatus& node) {
  if (!node.redis || !node.redis->lag_bytes) return "lag unknown";
  return "lag " + std::to_string(*node.redis->lag_bytes) + " B";
}

// Where it would go: the one that was named, or the first that could take it.
const NodeStatus* candidate(const ServiceStatus& service, const std::string& to) {
  if (!to.empty()) return find_node(service, to);
  const auto& self = own_node(service);
  if (service.owner != self.name) return &self;
  const auto found = std::ranges::find_if(
      service.nodes, [](const NodeStatus& node) { return node.objection == std::string{}; });
  return found == service.nodes.end() ? nullptr : &*found;
}

Precondition fitness(const ServiceStatus& service, const NodeStatus& node) {
  if (service.owner == node.name) return {false, node.name + " already owns " + service.name};
  if (!node.objection) {
    return {false, node.name + " can be judged only there, or on the owner: run it there"};
  }
  if (!node.objection->empty()) return {false, node.name + ": " + *node.objection};
  return {true, node.name + " could take over: its Redis is in sync, " + lag_of(node) +
                    (node.state == "unknown" ? "; its redvip is not seen from here"
                                             : ", its redvip is in " + node.state)};
}

bool settled(const DaemonStatus& status, const std::string& name) {
  const auto* service = find_service(status, name);
  return service != nullptr && health(*service) <= Health::degraded;
}

// The others follow the new owner a moment after it has the address.
void show_after(const Target& target) {
  auto running = running_daemon(target.config.daemon);
  const auto all_settled = [&] {
    return running.status && std::ranges::all_of(target.before, [&](const ServiceStatus& service) {
             return settled(*running.status, service.name);
           });
  };
  for (const Instant end = now() + settled_within; !all_settled() && now() < end;) {
    std::this_thread::sleep_for(Millis{100});
    running = running_daemon(target.config.daemon);
  }
  if (!running.status) return;
  for (const auto& before : target.before) {
    if (const auto* service = find_service(*running.status, before.name)) {
      std::cout << '\n' << render_service(*service, wall_time());
    }
  }
}

}  // namespace

Preview preview_switchover(const ServiceStatus& service, const std::string& to) {
  Preview preview;
  auto& checks = preview.checks;
  if (service.owner) {
    checks.push_back({true, *service.owner + " owns " + service.name});
  } else {
    checks.push_back({false, "nobody owns " + service.name + ": an election is under way"});
  }
  checks.push_back(
      {!service.paused, service.paused ? "paused: 'redvip resume' first" : "not paused"});
  const auto* node = candidate(service, to);
  if (node != nullptr) {
    checks.push_back(fitness(service, *node));
  } else {
    checks.push_back({false, "nobody could take over: " + service.failover});
  }
  if (!std::ranges::all_of(checks, &Precondition::met)) return preview;
  preview.plan = "pause the writes on " + *service.owner + ", wait until " + node->name +
                 " has applied them all, promote its Redis, move the address, let " +
                 *service.owner + " follow";
  if (service.estimate) {
    preview.plan += "; writes wait about " + std::to_string(service.estimate->count()) + " ms";
  }
  return preview;
}

std::optional<Outcome> switchover_outcome(const ServiceStatus& before,
                                          const std::vector<HistoryRecord>& records,
                                          const std::optional<DaemonStatus>& now) {
  bool moved = false;
  for (const auto& record : records) {
    if (record.service != before.name) continue;
    if (record.kind == name(Motive::refused)) return Outcome{false, "refused: " + record.cause};
    if (record.from == record.to) continue;
    if (record.to == "serving" && record.from == "handing_over") {
      return Outcome{false, "still with " + record.node + ": " + record.cause};
    }
    if (record.from == "promoting" && record.to != "serving") {
      return Outcome{false, "not taken over: " + record.cause};
    }
    if (record.to == "serving") return Outcome{true, record.node + " has it now: " + record.cause};
    moved = true;
  }
  const auto* service = now ? find_service(*now, before.name) : nullptr;
  if (!moved || service == nullptr || !service->owner || service->owner == before.owner) {
    return std::nullopt;
  }
  return Outcome{true, *service->owner + " has it now"};
}

int switchover(const Invocation& asked) {
  const auto target = find_target(asked);
  if (!target) return target.error();
  if (asked.force && target->vrid == 0 && target->before.size() > 1) {
    return say("--force takes one SERVICE by name", exit_usage);
  }
  for (const auto& service : target->before) {
    if (!asked.to.empty() && find_node(service, asked.to) == nullptr) {
      return say("there is no node " + asked.to, exit_usage);
    }
  }
  bool possible = true;
  for (const auto& service : target->before) {
    const auto preview = preview_switchover(service, asked.to);
    std::cout << render_service(service, wall_time()) << '\n';
    for (const auto& check : preview.checks) {
      std::cout << (check.met ? "  ok   " : "  NO   ") << printable(check.text) << '\n';
    }
    possible = possible && !preview.plan.empty();
    if (!preview.plan.empty()) std::cout << "  plan " << printable(preview.plan) << '\n';
  }
  if (asked.dry_run) {
    std::cout << (possible ? "Nothing was changed." : "It would be refused. Nothing was changed.")
              << '\n';
    return possible ? 0 : not_done;
  }
  std::cout << std::endl;
  const NewHistory history{target->config.daemon};
  if (const auto failed = send(*target, SIGUSR2, request_of(asked))) return *failed;
  const int code = follow(*target, decided_within,
                          [&](const ServiceStatus& before, const std::optional<DaemonStatus>& now) {
                            return switchover_outcome(before, history.read(), now);
                          });
  if (code == 0) show_after(*target);
  return code;
}

}  // namespace redvip::daemon

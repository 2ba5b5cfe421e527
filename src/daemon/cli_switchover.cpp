#include "daemon/cli_switchover.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <iostream>
#include <thread>

#include "daemon/cli_commands.hpp"
#include "daemon/cli_daemon.hpp"
#include "daemon/clock.hpp"
#include "daemon/force.hpp"
#include "daemon/render.hpp"

namespace redvip::daemon {

namespace {

constexpr Seconds switchover_deadline{10};
constexpr Seconds pause_deadline{3};
constexpr Millis look_again{20};
constexpr int not_done = 1;

const ServiceStatus* find_service(const DaemonStatus& status, const std::string& name) {
  const auto found = std::ranges::find(status.services, name, &ServiceStatus::name);
  return found == status.services.end() ? nullptr : &*found;
}

// Who is asked, and how the services stood before.
struct Request {
  Config config;
  int vrid = 0;  // 0: all
  std::vector<ServiceStatus> before;
};

int say(const std::string& trouble, int code) {
  std::cerr << trouble << '\n';
  return code;
}

tl::expected<Request, int> prepare(const Invocation& asked) {
  auto config = inspect_config(asked);
  if (!config) return tl::unexpected(exit_usage);
  Request request{*std::move(config), 0, {}};
  if (asked.service) {
    const auto& services = request.config.services;
    const auto service = std::ranges::find(services, *asked.service, &ServiceConfig::name);
    if (service == services.end()) {
      return tl::unexpected(say("there is no service " + *asked.service, exit_usage));
    }
    request.vrid = service->vrid.value();
  }
  const auto running = running_daemon(request.config.daemon);
  if (!running.status || !running.trouble.empty()) {
    return tl::unexpected(say(running.trouble, static_cast<int>(Health::not_running)));
  }
  for (const auto& service : running.status->services) {
    if (!asked.service || service.name == *asked.service) request.before.push_back(service);
  }
  return request;
}

Result<void> send(const Request& request, int signal, int flags = 0) {
  const auto process = DaemonProcess::find(request.config.daemon);
  if (!process) return tl::unexpected(process.error());
  return process->signal(signal, request.vrid | flags);
}

using Judge = std::function<std::optional<Outcome>(const ServiceStatus& before,
                                                   const std::optional<DaemonStatus>& now)>;

// Looks until every service is decided or the deadline has passed; prints each outcome once.
int follow(const Request& request, Seconds deadline, const Judge& judge) {
  auto waiting = request.before;
  int code = 0;
  for (const Instant end = now() + deadline; !waiting.empty() && now() < end;) {
    const auto running = running_daemon(request.config.daemon);
    std::erase_if(waiting, [&](const ServiceStatus& service) {
      const auto outcome = judge(service, running.status);
      if (!outcome) return false;
      std::cout << printable(service.name + ": " + outcome->text) << std::endl;
      if (!outcome->done) code = not_done;
      return true;
    });
    if (!waiting.empty()) std::this_thread::sleep_for(look_again);
  }
  for (const auto& service : waiting) {
    code = say(service.name + ": nothing decided within " + std::to_string(deadline.count()) +
                   " s; see redvip status and redvip history",
               not_done);
  }
  return code;
}

}  // namespace

std::optional<Outcome> switchover_outcome(const ServiceStatus& before,
                                          const std::vector<HistoryRecord>& records,
                                          const std::optional<DaemonStatus>& now) {
  bool moved = false;
  for (const auto& record : records) {
    if (record.service != before.name) continue;
    if (record.from == record.to) return Outcome{false, "refused: " + record.cause};
    if (record.to == "serving" && record.from == "handing_over") {
      return Outcome{false, "still with " + record.node + ": " + record.cause};
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
  const auto request = prepare(asked);
  if (!request) return request.error();
  const auto& daemon = request->config.daemon;
  if (asked.force && request->vrid == 0 && request->before.size() > 1) {
    return say("--force takes one SERVICE by name", exit_usage);
  }
  if (asked.force) {
    if (const auto left = leave_reason(daemon.runtime_dir, asked.reason); !left) {
      return say(left.error().text(), not_done);
    }
  }
  const NewHistory history{daemon};
  if (const auto sent = send(*request, SIGUSR2, asked.force ? force_flag : 0); !sent) {
    return say(sent.error().text(), static_cast<int>(Health::not_running));
  }
  return follow(*request, switchover_deadline,
                [&](const ServiceStatus& before, const std::optional<DaemonStatus>& now) {
                  return switchover_outcome(before, history.read(), now);
                });
}

int set_paused(const Invocation& asked, bool paused) {
  const auto request = prepare(asked);
  if (!request) return request.error();
  if (const auto sent = send(*request, paused ? SIGRTMIN + 1 : SIGRTMIN + 2); !sent) {
    return say(sent.error().text(), static_cast<int>(Health::not_running));
  }
  return follow(
      *request, pause_deadline,
      [paused](const ServiceStatus& before,
               const std::optional<DaemonStatus>& now) -> std::optional<Outcome> {
        const auto* service = now ? find_service(*now, before.name) : nullptr;
        if (service == nullptr || service->paused != paused) return std::nullopt;
        return Outcome{true, paused ? "paused: nothing changes by itself on this node" : "resumed"};
      });
}

}  // namespace redvip::daemon

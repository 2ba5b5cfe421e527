#include "daemon/cli_request.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "daemon/cli_commands.hpp"
#include "daemon/clock.hpp"
#include "daemon/render.hpp"

namespace redvip::daemon {

namespace {

constexpr Millis look_again{20};
constexpr int not_running = static_cast<int>(Health::not_running);

std::string user_name() {
  if (const char* sudo = std::getenv("SUDO_USER"); sudo != nullptr && *sudo != '\0') return sudo;
  const auto* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : "uid " + std::to_string(::getuid());
}

}  // namespace

int say(const std::string& trouble, int code) {
  std::cerr << printable(trouble) << '\n';
  return code;
}

const ServiceStatus* find_service(const DaemonStatus& status, const std::string& name) {
  const auto found = std::ranges::find(status.services, name, &ServiceStatus::name);
  return found == status.services.end() ? nullptr : &*found;
}

tl::expected<Target, int> find_target(const Invocation& asked) {
  auto config = inspect_config(asked);
  if (!config) return tl::unexpected(exit_usage);
  Target target{*std::move(config), 0, {}, {}};
  if (asked.service) {
    const auto& services = target.config.services;
    const auto service = std::ranges::find(services, *asked.service, &ServiceConfig::name);
    if (service == services.end()) {
      return tl::unexpected(say("there is no service " + *asked.service, exit_usage));
    }
    target.vrid = service->vrid.value();
  }
  auto running = running_daemon(target.config.daemon);
  if (!running.status || !running.trouble.empty()) {
    return tl::unexpected(say(running.trouble, not_running));
  }
  target.status = *std::move(running.status);
  for (const auto& service : target.status.services) {
    if (!asked.service || service.name == *asked.service) target.before.push_back(service);
  }
  return target;
}

Request request_of(const Invocation& asked) {
  return {user_name(), asked.reason, asked.to, asked.force, asked.length};
}

std::optional<int> send(const Target& target, int signal, const Request& request) {
  const auto& daemon = target.config.daemon;
  const auto process = DaemonProcess::find(daemon);
  if (!process) return say(process.error().text(), not_running);
  if (const auto left = leave_request(daemon.runtime_dir, request); !left) {
    return say(left.error().text() + "; run as root", not_done);
  }
  const auto sent = process->signal(signal, target.vrid | request_flag);
  if (!sent) return say(sent.error().text(), not_done);
  return std::nullopt;
}

int follow(const Target& target, Seconds deadline, const Judge& judge) {
  auto waiting = target.before;
  int code = 0;
  for (const Instant end = now() + deadline; !waiting.empty() && now() < end;) {
    const auto running = running_daemon(target.config.daemon);
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

}  // namespace redvip::daemon

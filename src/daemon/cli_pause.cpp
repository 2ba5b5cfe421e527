#include "daemon/cli_pause.hpp"

#include <csignal>

#include "daemon/cli_request.hpp"

namespace redvip::daemon {

namespace {

constexpr Seconds deadline{3};

int set_paused(const Invocation& asked, bool paused) {
  const auto target = find_target(asked);
  if (!target) return target.error();
  const int signal = paused ? SIGRTMIN + 1 : SIGRTMIN + 2;
  if (const auto failed = send(*target, signal, request_of(asked))) return *failed;
  return follow(*target, deadline,
                [&](const ServiceStatus& before,
                    const std::optional<DaemonStatus>& now) -> std::optional<Outcome> {
                  const auto* service = now ? find_service(*now, before.name) : nullptr;
                  if (service == nullptr || service->paused != paused) return std::nullopt;
                  if (!paused) return Outcome{true, "resumed"};
                  if (asked.length.has_value() == service->paused_until.empty())
                    return std::nullopt;
                  return Outcome{true, "paused until " +
                                           (asked.length ? service->paused_until
                                                         : std::string{"'redvip resume'"}) +
                                           ": nothing changes by itself on this node"};
                });
}

}  // namespace

int pause(const Invocation& asked) {
  return set_paused(asked, true);
}

int resume(const Invocation& asked) {
  return set_paused(asked, false);
}

}  // namespace redvip::daemon

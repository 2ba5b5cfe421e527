#include "daemon/status_health.hpp"

#include <algorithm>

namespace redvip::daemon {

namespace {

bool is_well(const NodeStatus& node) {
  if (!node.redis || !node.problem.empty()) return false;
  return node.redis->role == "master" || node.redis->link == "up";
}

}  // namespace

std::optional<WallTime> parse_time(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return std::nullopt;
  }
  const auto part = [text](std::size_t from, std::size_t count) {
    return static_cast<int>(parse_integer(text.substr(from, count)).value_or(0));
  };
  const std::chrono::year_month_day day{std::chrono::year{part(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  if (!day.ok()) return std::nullopt;
  return WallTime{std::chrono::sys_days{day}} + std::chrono::hours{part(11, 2)} +
         std::chrono::minutes{part(14, 2)} + Seconds{part(17, 2)} + Millis{part(20, 3)};
}

Health health(const ServiceStatus& service) {
  if (service.two_owners) return Health::two_owners;
  if (!service.owner) return Health::no_service;
  if (!service.failover_possible) return Health::no_standby;
  const bool well = std::ranges::all_of(service.nodes, is_well) && !service.paused;
  return well ? Health::fine : Health::degraded;
}

Health health(const DaemonStatus& status, WallTime now) {
  const auto written_at = parse_time(status.written_at);
  if (!written_at || now - *written_at > status_is_stale_after) return Health::not_running;
  Health worst = Health::fine;
  for (const auto& service : status.services) worst = std::max(worst, health(service));
  return worst;
}

int exit_code(const DaemonStatus& status, WallTime now) {
  return static_cast<int>(health(status, now));
}

std::string_view words(Health health) {
  switch (health) {
    case Health::fine:
      return "fine";
    case Health::degraded:
      return "degraded";
    case Health::no_standby:
      return "no standby";
    case Health::no_service:
      return "no service";
    case Health::two_owners:
      return "two owners";
    case Health::not_running:
      return "daemon not running";
  }
  return "";
}

}  // namespace redvip::daemon

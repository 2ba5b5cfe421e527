#include "daemon/check.hpp"

#include <algorithm>

#include "daemon/check_facts.hpp"

namespace redvip::daemon {

std::vector<IpAddress> host_addresses() {
  std::vector<IpAddress> addresses;
  for (const auto& interface : interfaces_here()) {
    for (const auto& own : interface.addresses) addresses.push_back(own.address);
  }
  return addresses;
}

Micros listening_time(const Config& config) {
  Micros longest{0};
  for (const auto& service : config.services) {
    longest = std::max<Micros>(longest, 2 * service.advert_interval);
  }
  return std::min<Micros>(longest, Seconds{1});
}

Findings check_host(const Config& config, Micros listen) {
  auto host = host_facts();
  try_nftables(host);
  listen_for_speakers(config, listen, host);
  return judge_host(config, host);
}

Findings check_host(const Config& config) {
  auto host = host_facts();
  listen_for_speakers(config, listening_time(config), host);
  return judge_host(config, host);
}

namespace {

void append(Findings& all, const Findings& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Findings check_redis(const Config& config) {
  const auto host = host_facts();
  Findings findings;
  for (const auto& service : config.services) {
    std::vector<RedisFacts> all;
    for (const auto node : service.nodes) {
      all.push_back(redis_facts(config, service, node));
      append(findings, judge_redis(service, all.back(), host.nonlocal_bind));
    }
    append(findings, judge_nodes(config, service, all, login_facts(all)));
  }
  return findings;
}

Findings check_own_redis(const Config& config) {
  const auto host = host_facts();
  Findings findings;
  for (const auto& service : config.services) {
    if (std::ranges::find(service.nodes, config.self) == service.nodes.end()) continue;
    const auto redis = redis_facts(config, service, config.self);
    append(findings, judge_redis(service, redis, host.nonlocal_bind));
  }
  return findings;
}

bool any_problem(const Findings& findings) {
  return std::ranges::find(findings, Level::problem, &Finding::level) != findings.end();
}

}  // namespace redvip::daemon

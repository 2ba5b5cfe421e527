#include "daemon/check.hpp"

#include <algorithm>

#include "daemon/check_facts.hpp"

namespace redvip::daemon {

std::vector<Ipv4> host_addresses() {
  std::vector<Ipv4> addresses;
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
  listen_for_speakers(config, listen, host);
  return judge_host(config, host);
}

namespace {

template <class Wanted>
Findings check_redis_of(const Config& config, Wanted wanted) {
  const auto host = host_facts();
  Findings all;
  for (const auto& service : config.services) {
    for (const auto node : service.nodes) {
      if (!wanted(node)) continue;
      const auto redis = redis_facts(config, service, node);
      const auto found = judge_redis(service, redis, host.nonlocal_bind);
      all.insert(all.end(), found.begin(), found.end());
    }
  }
  return all;
}

}  // namespace

Findings check_redis(const Config& config) {
  return check_redis_of(config, [](NodeIndex) { return true; });
}

Findings check_own_redis(const Config& config) {
  return check_redis_of(config, [&](NodeIndex node) { return node == config.self; });
}

bool any_problem(const Findings& findings) {
  return std::ranges::find(findings, Level::problem, &Finding::level) != findings.end();
}

}  // namespace redvip::daemon

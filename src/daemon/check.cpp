#include "daemon/check.hpp"

#include <algorithm>
#include <filesystem>

#include "daemon/check_facts.hpp"

namespace redvip::daemon {

namespace {

void append(Findings& all, const Findings& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

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

Micros patient_listening_time(const Config& config, const HostFacts& host) {
  Micros longest = Seconds{1};
  for (const auto& service : config.services) {
    longest = std::max<Micros>(longest, service.advert_interval);
  }
  for (const auto& keepalived : host.keepalived) {
    longest = std::max<Micros>(longest, keepalived.advert_interval);
  }
  return 2 * longest + Millis{200};
}

Findings check_host(const Config& config, HostFacts& host) {
  host = host_facts(config);
  try_nftables(host);
  listen_for_speakers(config, patient_listening_time(config, host), host);
  auto findings = judge_host(config, host);
  append(findings, judge_realtime(config, host));
  return findings;
}

Findings check_host_for_start(const Config& config) {
  auto host = host_facts(config);
  listen_for_speakers(config, listening_time(config), host);
  auto findings = judge_host(config, host);
  if (host.redvip) {
    findings.push_back(
        {Level::problem, "host", "redvip runs here already, pid " + std::to_string(*host.redvip),
         "systemctl stop redvip first, or give this one a runtime_dir of its own", true});
  }
  return findings;
}

Findings check_redis(const Config& config, const HostFacts& host) {
  Findings findings;
  for (const auto& service : config.services) {
    std::vector<RedisFacts> all;
    for (const auto node : service.nodes) {
      all.push_back(redis_facts(config, service, node));
      append(findings, judge_redis(service, all.back(), host.nonlocal_bind));
    }
    append(findings, judge_nodes(config, service, all, login_facts(service, all)));
    append(findings, judge_advertisers(config, service, host.heard, all));
  }
  return findings;
}

Findings problems_of_own_redis(const Config& config, const std::stop_token& stop) {
  const auto host = host_facts(config);
  Findings problems;
  for (const auto& service : config.services) {
    if (stop.stop_requested()) break;
    if (std::ranges::find(service.nodes, config.self) == service.nodes.end()) continue;
    const auto redis = redis_facts(config, service, config.self);
    for (auto& finding : judge_redis(service, redis, host.nonlocal_bind)) {
      if (finding.level == Level::problem) problems.push_back(std::move(finding));
    }
  }
  return problems;
}

bool open_to_all(const std::string& path) {
  std::error_code unseen;
  const auto mode = std::filesystem::status(path, unseen).permissions();
  return !unseen && (mode & std::filesystem::perms::others_read) != std::filesystem::perms::none;
}

}  // namespace redvip::daemon

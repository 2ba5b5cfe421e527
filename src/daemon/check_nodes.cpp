#include <algorithm>
#include <functional>
#include <set>

#include "core/lineage.hpp"
#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

using Nodes = std::vector<RedisFacts>;
using Trait = std::function<std::string(const RedisFacts&)>;

// "redis-a 7.0.15, redis-b 6.2.14", or nothing when all that are known are alike by `trait`.
std::string differing(const Nodes& nodes, const Trait& trait, const Trait& shown) {
  std::set<std::string> values;
  std::string list;
  for (const auto& redis : nodes) {
    const auto value = trait(redis);
    if (value.empty()) continue;
    values.insert(value);
    list += (list.empty() ? "" : ", ") + redis.node + ' ' + shown(redis);
  }
  return values.size() > 1 ? list : "";
}

// The RDB format changes with these two numbers only.
std::string major_and_minor(const std::string& version) {
  return version.substr(0, version.find('.', version.find('.') + 1));
}

void judge_versions(const Nodes& nodes, Report& report) {
  const auto version = [](const RedisFacts& redis) { return redis.info->version; };
  const auto series = [](const RedisFacts& redis) { return major_and_minor(redis.info->version); };
  const auto list = differing(nodes, series, version);
  if (list.empty()) return;
  report.warning("versions differ (" + list + "): an older one may not load a newer one's copy",
                 "upgrade the replicas first, then switch over");
}

void judge_memory(const Nodes& nodes, Report& report) {
  const auto limit = [](const RedisFacts& redis) { return value_of(redis, "maxmemory"); };
  const auto shown = [&](const RedisFacts& redis) {
    const auto bytes = parse_integer(limit(redis)).value_or(0);
    return bytes == 0 ? "none" : size_text(bytes);
  };
  const auto list = differing(nodes, limit, shown);
  if (list.empty()) return;
  report.warning(
      "maxmemory differs (" + list + "): as owner, the smaller one evicts keys or refuses writes",
      "CONFIG SET maxmemory to the same value on all nodes");
}

void judge_masters(const Config& config, const ServiceConfig& service, const Nodes& nodes,
                   Report& report) {
  std::set<std::string> ours;
  for (const auto node : service.nodes) ours.insert(config.nodes[node].address.text());
  for (const auto& ip : service.virtual_ips) ours.insert(ip.address.text());  // told already
  for (const auto& redis : nodes) {
    if (redis.info->is_master() || redis.info->is_parked()) continue;
    const auto& master = redis.info->master_host;
    if (ours.contains(master)) continue;
    report.warning(redis.node + " replicates from " + master + ", which is no node of this service",
                   "make sure that nothing else moves its role, then REPLICAOF 127.0.0.1 0");
  }
}

void judge_logins(const Nodes& nodes, const std::vector<LoginFacts>& logins, Report& report) {
  const auto refused = [](const LoginFacts& login) { return !login.error.empty(); };
  if (!logins.empty() && std::ranges::none_of(logins, refused)) {
    report.ok("each Redis may log in at each other one, to follow it");
  }
  for (const auto& [follower, master, error] : logins) {
    if (error.empty()) continue;
    const auto redis = std::ranges::find(nodes, follower, &RedisFacts::node);
    const bool told = redis != nodes.end() && value_of(*redis, "masterauth").empty() &&
                      !value_of(*redis, "requirepass").empty();
    if (told) continue;
    report.problem(follower + " could not follow " + master + ", which answers its login: " + error,
                   "set masterauth (and masteruser) of " + follower + " to what " + master +
                       " accepts; a user needs +psync +replconf +ping");
  }
}

std::string with_keys(const RedisFacts& redis) {
  const auto keys = redis.info->keys;
  return redis.node + " (" + std::to_string(keys) + (keys == 1 ? " key)" : " keys)");
}

std::string what_becomes(OnDivergence choice) {
  switch (choice) {
    case OnDivergence::save:
      return "is copied to state_dir first (on_divergence = \"save\")";
    case OnDivergence::hold:
      return "waits for your decision (on_divergence = \"hold\")";
    case OnDivergence::discard:
      return "is dropped (on_divergence = \"discard\")";
  }
  return {};
}

// As redvip itself will compare them, but for what its journal knows.
void judge_histories(const ServiceConfig& service, const Nodes& nodes, Report& report) {
  for (auto one = nodes.begin(); one != nodes.end(); ++one) {
    for (auto other = std::next(one); other != nodes.end(); ++other) {
      const auto relation = compare(*one->info, *other->info).relation;
      const bool apart = relation == Relation::diverged || relation == Relation::unrelated;
      if (!apart || one->info->link_up || other->info->link_up) continue;
      report.warning(with_keys(*one) + " and " + with_keys(*other) +
                         " each have data of their own: "
                         "one will follow the other, and what only it has " +
                         what_becomes(service.redis.on_divergence),
                     "look which one is right, and start redvip on that host first");
    }
  }
}

}  // namespace

Findings judge_nodes(const Config& config, const ServiceConfig& service,
                     const std::vector<RedisFacts>& all, const std::vector<LoginFacts>& logins) {
  Nodes nodes;
  std::ranges::copy_if(all, std::back_inserter(nodes),
                       [](const RedisFacts& redis) { return redis.info.has_value(); });
  Report report{service.name};
  judge_histories(service, nodes, report);
  judge_masters(config, service, nodes, report);
  judge_logins(nodes, logins, report);
  judge_versions(nodes, report);
  judge_memory(nodes, report);
  return std::move(report).findings();
}

}  // namespace redvip::daemon

#include <algorithm>
#include <cstdlib>

#include "daemon/check_report.hpp"

namespace redvip::daemon {

namespace {

// "100 ms", "1 s": as status and the log write it.
std::string spoken(Micros duration) {
  const auto millis = std::chrono::duration_cast<Millis>(duration).count();
  if (millis % 1000 == 0) return std::to_string(millis / 1000) + " s";
  return std::to_string(millis) + " ms";
}

std::string list_nodes(const std::vector<NodeConfig>& nodes) {
  std::vector<std::string> all;
  for (const auto& node : nodes) all.push_back(node.name + ' ' + node.address.text());
  return std::to_string(nodes.size()) + (nodes.size() == 1 ? " node: " : " nodes: ") +
         joined(all, "", ", ");
}

std::string list_addresses(const ServiceConfig& service) {
  std::vector<std::string> all;
  for (const auto& ip : service.virtual_ips) all.push_back(ip.text());
  return joined(all, "", ", ");
}

// "redis-a 250, redis-b 245", the highest first.
std::string list_priorities(const Config& config, const ServiceConfig& service) {
  std::vector<std::pair<int, std::string>> ranks;
  for (std::size_t i = 0; i < service.nodes.size(); ++i) {
    ranks.emplace_back(service.priorities[i].value(), config.nodes[service.nodes[i]].name);
  }
  std::ranges::stable_sort(ranks, std::ranges::greater{}, &std::pair<int, std::string>::first);
  std::vector<std::string> all;
  for (const auto& [priority, name] : ranks) all.push_back(name + ' ' + std::to_string(priority));
  return joined(all, "", ", ");
}

void describe_service(const Config& config, const ServiceConfig& service, Report& report) {
  report.ok(list_addresses(service) + " for the Redis on port " +
            std::to_string(service.redis.port) +
            (service.interface.empty() ? "" : ", on " + service.interface));
  report.ok("VRID " + std::to_string(service.vrid.value()) + " in VRRPv" +
            std::to_string(static_cast<int>(service.version)) +
            (service.unicast ? " by unicast" : " by multicast") + ", an advert every " +
            spoken(service.advert_interval));
  report.ok("priorities " + list_priorities(config, service) +
            (service.preempt ? ", and the highest that is fit takes over"
                             : ", and a healthy owner keeps it (preempt = false)"));
}

void judge_secrecy(const ServiceConfig& service, Report& report) {
  if (!service.redis.tls.on || service.redis.tls.verify != TlsVerify::none) return;
  report.warning("redis.tls_verify = \"none\": whoever answers at the address is taken for Redis",
                 "set it to \"ca\" or \"full\", and redis.tls_ca_file");
}

void judge_count(const ServiceConfig& service, Report& report) {
  if (service.nodes.size() > 1) return;
  report.warning("has one node only, so nobody can take over",
                 "add the other host as a [[node]]; the file is the same on both");
}

// A host route says nothing about its neighbours.
void judge_subnets(const Config& config, const ServiceConfig& service, Report& report) {
  for (const auto& ip : service.virtual_ips) {
    const bool alone = ip.length == (ip.address.is_v4() ? 32 : 128) || ip.address.link_local();
    const auto near = [&](NodeIndex node) { return ip.contains(config.nodes[node].address); };
    const auto same_family = [&](NodeIndex node) {
      return config.nodes[node].address.family() == ip.address.family();
    };
    if (alone || std::ranges::none_of(service.nodes, same_family)) continue;
    if (std::ranges::any_of(service.nodes, near)) continue;
    report.warning(ip.text() + " is in another subnet than every node",
                   "clients need a route to it; check the address and its prefix length");
  }
}

// The classic mistake of keepalived.conf: a weight that does not bring a node below the next.
void judge_weights(const ServiceConfig& service, Report& report) {
  int smallest_gap = 255;
  for (const auto& one : service.priorities) {
    for (const auto& other : service.priorities) {
      if (one > other) smallest_gap = std::min(smallest_gap, one.value() - other.value());
    }
  }
  if (service.nodes.size() < 2) return;
  for (const auto& track : service.tracks) {
    const int weight = std::abs(track.weight);
    if (weight == 0 || weight > smallest_gap) continue;
    report.warning("the weight " + std::to_string(track.weight) + " of track " + track.name +
                       " moves nothing: the priorities are " + std::to_string(smallest_gap) +
                       " or more apart",
                   "make it larger than the difference of the priorities");
  }
}

bool has_secret(const ServiceConfig& service) {
  return !service.redis.password.empty() || !service.auth.password.empty();
}

}  // namespace

Findings judge_refused_file(const std::vector<Error>& errors) {
  Findings findings;
  for (const auto& [message, where] : errors) {
    // The parser's messages end with what is allowed.
    const auto end = message.find("; ");
    const bool in_the_file = where.find(':') != std::string::npos;
    const std::string cure = end != std::string::npos ? message.substr(end + 2)
                             : in_the_file ? "correct it; docs/configuration.md has every key"
                                           : "name the right file with --config, or run as root";
    findings.push_back({Level::problem, where, message.substr(0, end), cure, true});
  }
  return findings;
}

Findings judge_file(const std::string& path, const Config& config,
                    const std::optional<NodeIndex>& self, bool secrets_open) {
  Report report{path};
  if (self) report.ok("this is " + config.nodes[*self].name);
  report.ok(list_nodes(config.nodes));
  if (secrets_open && std::ranges::any_of(config.services, has_secret)) {
    report.warning("holds a password and may be read by everyone",
                   "chmod 640 " + path + ", or use password_file");
  }
  for (const auto& service : config.services) {
    Report of_service{service.name};
    describe_service(config, service, of_service);
    judge_secrecy(service, of_service);
    judge_count(service, of_service);
    judge_weights(service, of_service);
    report.add(std::move(of_service).findings());
  }
  return std::move(report).findings();
}

Findings judge_far_addresses(const Config& config) {
  Report report{"file"};
  for (const auto& service : config.services) {
    Report of_service{service.name};
    judge_subnets(config, service, of_service);
    report.add(std::move(of_service).findings());
  }
  return std::move(report).findings();
}

}  // namespace redvip::daemon

#include "sim/world.hpp"

namespace redvip::sim {
namespace {

Site make_site(const Options& options) {
  Config config;
  auto service = options.service;
  service.name = "cache";
  service.interface = "eth0";
  service.virtual_ips = {IpPrefix{IpAddress{0x0A4D0064}, 24}};  // 10.77.0.100/24
  service.nodes.clear();
  service.priorities.clear();
  for (NodeIndex i = 0; i < options.nodes; ++i) {
    const std::string name{"abc", i, 1};
    config.nodes.push_back({name, IpAddress{0x0A4D0001 + static_cast<std::uint32_t>(i)}});
    service.nodes.push_back(i);
    service.priorities.push_back(Priority::of(250 - 5 * static_cast<std::int64_t>(i)));
  }
  return Site::of(config, service);
}

}  // namespace

World::World(Options wanted)
    : options{std::move(wanted)},
      chance{options.seed},
      trace{options.trace},
      lan{schedule, chance, options.nodes + 1},
      site{make_site(options)},
      invariants{*this},
      client{*this} {
  for (NodeIndex i = 0; i < options.nodes; ++i) hosts.push_back(std::make_unique<Host>(*this, i));
  lan.set_quality({options.slowest_packet, 0, 0});
}

std::string World::new_id(const char* kind) {
  return kind + std::to_string(++ids_);
}

Dataset World::copies() const {
  Dataset all;
  for (const auto& host : hosts) {
    if (host->redis.alive()) all |= host->redis.data() | host->redis.unread_keys();
  }
  return all;
}

void World::redis_ended(NodeIndex node) {
  client.reset(node);
  for (const auto& host : hosts) host->daemon.redis_closed(node);
}

void World::say(const std::string& line) {
  trace.add(now(), std::hash<std::string>{}(line), [&] { return "--- " + line; });
}

void World::install(NodeIndex master) {
  for (const auto& host : hosts) host->redis.boot(Redis::Boot::first);
  for (NodeIndex i = 0; i < hosts.size(); ++i) {
    if (i != master) (void)hosts[i]->redis.execute(command::Follow{site.redis(master), {}});
  }
  run_for(Seconds{2});
  for (const auto& host : hosts) host->daemon.start();
  client.start();
}

void World::run_until(Instant until) {
  while (!invariants.broken() && schedule.run_next(until)) invariants.look();
}

}  // namespace redvip::sim

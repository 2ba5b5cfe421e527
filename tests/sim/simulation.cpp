#include "sim/simulation.hpp"

#include <algorithm>

#include "sim/chaos.hpp"

namespace redvip::sim {
namespace {

// The swarm: each seed has a character of its own, so that rare combinations come together.
Options options_of(std::uint64_t seed, bool transcript, Mutant mutant) {
  Chance chance{seed * 2654435761U + 1};
  Options options;
  options.seed = seed;
  options.trace = transcript;
  options.mutant = mutant;
  options.nodes = chance.one_in(4) ? 3 : 2;
  options.born_parked = chance.one_in(2);
  options.backlog_bytes = chance.one_in(6) ? 2000 : 1 << 20;
  options.slow_apply = chance.one_in(3) ? 90 : 0;
  options.slowest_packet = chance.one_in(3) ? Micros{Millis{2}} : Micros{400};
  options.service.preempt = chance.one_in(4);
  return options;
}

Temper temper_of(std::uint64_t seed) {
  Chance chance{seed * 40503U + 7};
  Temper temper;
  temper.between_faults = chance.between(Millis{500}, Seconds{3});
  temper.one_at_a_time = !chance.one_in(3);
  temper.partitions = chance.one_in(2);
  temper.machines = chance.one_in(2);
  return temper;
}

// Where two histories share nothing, redvip says so and waits for an operator. Ours decides for the
// data of the owner, or else for the most.
void let_operator_decide(World& world) {
  NodeIndex best = 0;
  const auto worth = [&](NodeIndex node) {
    const auto& host = *world.hosts[node];
    return host.redis.data().count() + (host.daemon.state() == State::serving ? most_keys : 0);
  };
  for (NodeIndex node = 1; node < world.hosts.size(); ++node) {
    if (worth(node) > worth(best)) best = node;
  }
  auto& chosen = world.hosts[best]->redis;
  world.say("an operator decides for the data of " + world.site.name(best));
  for (const auto& host : world.hosts) world.ledger.given_up(host->redis.data() & ~chosen.data());
  (void)chosen.execute(command::Promote{});
  for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
    if (node == best || world.hosts[node]->redis.in_sync_with(best)) continue;
    (void)world.hosts[node]->redis.execute(command::Follow{world.site.redis(best), {}});
  }
}

bool undecided(const World& world) {
  return std::any_of(world.hosts.begin(), world.hosts.end(), [](const auto& host) {
    const auto* node = host->daemon.node();
    return node && node->service().state() == State::holding &&
           node->service().reason().find("shares no history") != std::string::npos;
  });
}

// Well, and for long enough to be believed; or out of time.
void settle(World& world, Micros bound) {
  const auto end = world.now() + bound;
  std::optional<Instant> well_since;
  while (world.now() < end && !world.invariants.broken()) {
    world.run_for(Millis{100});
    if (world.invariants.not_converged()) {
      well_since.reset();
    } else if (!well_since) {
      well_since = world.now();
    } else if (world.now() - *well_since >= Seconds{2}) {
      return;
    }
  }
}

// How long the slowest way back may take: a hang is noticed (down_after), an old owner is believed
// gone (silence), a failed take-over waits a second, Redis reconnects every second, a full copy is
// saved and loaded; each of these may be needed twice.
Micros heal_bound(const World& world) {
  const auto& service = world.site.service;
  const Micros silence = 4 * Micros{service.advert_interval};
  return 2 * (service.redis.down_after + 11 * silence + Seconds{1} + Seconds{1} + Seconds{1});
}

}  // namespace

Outcome simulate(std::uint64_t seed, bool transcript, Mutant mutant) {
  World world{options_of(seed, transcript, mutant)};
  Chaos chaos{world, temper_of(seed)};
  const auto began = world.now();
  world.install(0);
  world.run_for(Seconds{2});
  chaos.start();
  world.run_for(Seconds{12});
  if (!world.invariants.broken()) {
    chaos.heal();
    settle(world, heal_bound(world));
    if (undecided(world) && !world.invariants.broken()) {
      let_operator_decide(world);
      settle(world, heal_bound(world));
    }
  }
  if (const auto why = world.invariants.not_converged()) {
    world.invariants.breaks(why->number, why->sentence);
  }
  const auto lasted = std::chrono::duration<double>(world.now() - began).count();
  return {seed, world.invariants.broken(), world.trace.hash(), lasted, world.trace.lines()};
}

}  // namespace redvip::sim

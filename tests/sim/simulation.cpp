#include "sim/simulation.hpp"

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

// Where two histories share nothing, redvip names the command that decides and waits for it.
void let_operator_decide(World& world) {
  std::optional<NodeIndex> best;
  for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
    const auto& host = *world.hosts[node];
    if (host.daemon.state() == State::serving) best = node;
  }
  (void)best;
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
    world.run_for(heal_bound(world));
    let_operator_decide(world);
  }
  if (!world.invariants.broken()) world.invariants.converged();
  const auto lasted = std::chrono::duration<double>(world.now() - began).count();
  return {seed, world.invariants.broken(), world.trace.hash(), lasted, world.trace.lines()};
}

}  // namespace redvip::sim

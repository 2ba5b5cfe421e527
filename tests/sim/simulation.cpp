#include "sim/simulation.hpp"

#include <algorithm>

#include "sim/chaos.hpp"

namespace redvip::sim {
namespace {

// The swarm: each seed has a character of its own, so that rare combinations come together.
Options options_of(const Plan& plan) {
  Chance chance{plan.seed * 2654435761U + 1};
  Options options;
  options.seed = plan.seed;
  options.trace = plan.transcript;
  options.mutant = plan.mutant;
  options.nodes = chance.one_in(4) ? 3 : 2;
  options.born_parked = chance.one_in(2);
  options.persistence = static_cast<Persistence>(chance.below(3));
  options.diskless = chance.one_in(2);
  options.backlog_bytes = chance.one_in(6) ? 2000 : 1 << 20;
  options.socket_bytes = chance.one_in(3) ? 4000 : 1 << 20;
  options.slow_apply = chance.one_in(3) ? 90 : 0;
  options.slowest_packet = chance.one_in(3) ? Micros{Millis{2}} : Micros{400};
  if (options.nodes == 3 && chance.one_in(4)) options.never_lead = 2;
  auto& service = options.service;
  service.preempt = chance.one_in(4);
  service.max_moves = 0;
  if (chance.one_in(8)) service.redis.weight = -20;
  if (chance.one_in(4))
    service.tracks = {{"eth1", InterfaceTrack{"eth1"}, chance.one_in(2) ? -20 : 0, 1, 1}};
  if (chance.one_in(4)) service.redis.min_replicas = MinReplicas::managed;
  const auto policy = chance.below(6);
  if (policy == 0) service.redis.on_divergence = OnDivergence::hold;
  if (policy == 1) service.redis.on_divergence = OnDivergence::discard;
  if (plan.character == Character::slow_streams) {
    options.socket_bytes = 4000;
    options.slow_apply = 95;
  } else if (plan.character == Character::restarts) {
    options.born_parked = false;
  }
  return options;
}

Temper temper_of(const Plan& plan) {
  Chance chance{plan.seed * 40503U + 7};
  Temper temper;
  temper.between_faults = chance.between(Millis{500}, Seconds{3});
  temper.one_at_a_time = !chance.one_in(3);
  temper.partitions = chance.one_in(2);
  temper.machines = chance.one_in(2);
  temper.outsiders = chance.one_in(3);
  temper.duplication = static_cast<unsigned>(chance.below(50));
  temper.most_faults = plan.most_faults;
  temper.only_restarts = plan.character != Character::any;
  return temper;
}

// Whether it holds for a reason that only a person can take away.
bool asks_for_a_decision(const World& world, NodeIndex index) {
  const auto* node = world.hosts[index]->daemon.node();
  if (!node || node->service().state() != State::holding) return false;
  const auto says = [&](const char* words) {
    return node->service().reason().find(words) != std::string::npos;
  };
  const bool hold = world.site.service.redis.on_divergence == OnDivergence::hold;
  return says("shares no history") || says("redvip switchover --force") ||
         says("waits for an operator") || (hold && says("diverged from")) ||
         (world.options.never_lead && (says("is empty, unlike") || says("bytes behind")));
}

bool undecided(const World& world) {
  bool any = false;
  for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
    any = any || asks_for_a_decision(world, node);
  }
  return any;
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

// Where nobody can tell whose data is wanted redvip says so, and names the command. Our operator is
// for the data of the owner, or else for the most.
void let_operator_decide(World& world) {
  NodeIndex best = 0;
  const auto worth = [&](NodeIndex node) {
    const auto& host = *world.hosts[node];
    const bool can_lead = world.options.never_lead != node;
    return host.redis.data().count() + (host.daemon.state() == State::serving ? most_keys : 0) +
           (can_lead ? most_keys * 2 : 0);
  };
  for (NodeIndex node = 1; node < world.hosts.size(); ++node) {
    if (worth(node) > worth(best)) best = node;
  }
  auto& chosen = *world.hosts[best];
  world.say("an operator decides for the data of " + world.site.name(best));
  for (const auto& host : world.hosts) {
    world.ledger.given_up(host->redis.data() & ~chosen.redis.data());
  }
  if (!chosen.kernel.has_vip(world.now())) {
    chosen.daemon.deliver(event::SwitchoverAsked{"its data is wanted"});
    world.run_for(Seconds{5});
  }
  NodeIndex owner = best;  // a preferred node may have taken over meanwhile
  for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
    if (world.hosts[node]->daemon.state() == State::serving) owner = node;
  }
  for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
    if (node == best || !asks_for_a_decision(world, node)) continue;
    world.ledger.given_up(world.hosts[node]->redis.data() & ~chosen.redis.data());
    (void)world.hosts[node]->redis.execute(command::Follow{world.site.redis(owner), {}});
  }
}

// How long the slowest way back may take: a hang is noticed (down_after), an old owner is believed
// gone (silence), a failed take-over waits a second, Redis reconnects every second, a full copy is
// saved and loaded; each of these may be needed twice. One who restarted waits for better (3 s), a
// node that was interfered with for ten seconds.
Micros heal_bound(const World& world) {
  const auto& service = world.site.service;
  const Micros silence = 4 * Micros{service.advert_interval};
  return 2 * (service.redis.down_after + 11 * silence + Seconds{1} + Seconds{1} + Seconds{1}) +
         Seconds{13};
}

}  // namespace

Outcome simulate(const Plan& plan) {
  World world{options_of(plan)};
  Chaos chaos{world, temper_of(plan)};
  const auto began = world.now();
  world.install(0);
  world.run_for(Seconds{2});
  chaos.start();
  for (int second = 0; second < 12 && !chaos.spent(); ++second) world.run_for(Seconds{1});
  bool operator_asked = false;
  if (!world.invariants.broken()) {
    chaos.heal();
    settle(world, heal_bound(world));
    operator_asked = undecided(world);
    if (operator_asked && !world.invariants.broken()) {
      let_operator_decide(world);
      settle(world, heal_bound(world));
    }
  }
  if (const auto why = world.invariants.not_converged()) {
    world.invariants.breaks(why->number, why->sentence);
  }
  const auto lasted = std::chrono::duration<double>(world.now() - began).count();
  return {plan.seed, world.invariants.broken(), operator_asked, world.trace.hash(),
          lasted,    world.trace.lines()};
}

Plan shrunk(Plan failing) {
  failing.transcript = false;
  for (failing.most_faults = 0; failing.most_faults < 40; ++failing.most_faults) {
    if (simulate(failing).broken) return failing;
  }
  failing.most_faults = Plan{}.most_faults;
  return failing;
}

}  // namespace redvip::sim

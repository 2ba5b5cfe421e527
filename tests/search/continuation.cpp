#include "search/continuation.hpp"

#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

using World = Surroundings::World;

// The longest that a node waits for anything: interference is put right every ten seconds.
constexpr Seconds patience{15};
constexpr Millis settled{250};  // after the answers to what was asked before

// Until then, in steps; whether it came to that.
template <class Predicate>
bool pass_until(
    Surroundings& world, Micros limit, const Predicate& reached,
    void (*between)(Surroundings&) = [](Surroundings&) {}) {
  const auto end = world.now() + limit;
  while (!world.watch().broken() && !reached()) {
    if (world.now() >= end) return false;
    world.pass(Millis{50}, World::answering);
    between(world);
  }
  return true;
}

std::string where(const Surroundings& world) {
  const auto& service = world.node().service();
  return std::string{name(service.state())} + " (" + service.reason() + ")";
}

void connect(Surroundings& world) {
  for (const auto node : {scene::a, scene::b}) {
    if (!world.connected(node)) world.connect(node);
  }
}

// The other node leads with a priority that nobody can outbid, and keeps its Redis a master.
void lead_there(Surroundings& world) {
  const auto& theirs = world.redis(world.other());
  if (!theirs->is_master()) world.set_redis(world.other(), scene::master(2000));
  auto mine = *world.redis(world.self());
  const bool follows = !mine.is_master() && !mine.is_parked();
  if (follows && !mine.link_up)
    world.set_redis(world.self(), scene::replica_of(world.other(), 2000));
}

void mend(Surroundings& world) {
  const auto other = world.other();
  if (!world.interface_up()) world.interface(true);
  if (world.watch().paused()) world.tell(event::ResumeAsked{});
  world.set_redis(other, scene::master(2000));
  world.set_redis(world.self(), scene::replica_of(other, 2000));
  connect(world);
  world.advert(255);
}

// The address is gone, and nobody is shut out; whom it was kept from is let in by the next tick.
void check_clean(Surroundings& world) {
  constexpr Millis tick{100};
  auto& watch = world.watch();
  world.pass(tick, World::answering);
  if (watch.has_address()) watch.breaks("S4", "it stands by and still has the address");
  if (watch.refusing()) watch.breaks("clean", "it stands by and still refuses clients");
}

void other_dies(Surroundings& world) {
  const auto self = world.self();
  world.silence();
  world.lose(world.other(), Loss::refused);
  world.set_redis(self, scene::link_down(scene::replica_of(world.other(), 2000), Seconds{0}));
}

}  // namespace

void becomes_well(Surroundings& world) {
  auto& watch = world.watch();
  if (watch.exited()) return;
  mend(world);
  world.pass(settled, World::answering);
  const auto state = [&] { return world.node().service().state(); };
  const auto arrived = [&] {
    const auto& service = world.node().service();
    return watch.exited() || (state() == State::standby && !watch.terminating() &&
                              world.now() - service.state_since() >= settled);
  };
  if (!pass_until(world, patience, arrived, lead_there)) {
    return watch.breaks("S34", "all is well, and for 15 s it has been " + where(world));
  }
  if (watch.exited() || watch.broken()) return;
  check_clean(world);
  other_dies(world);
  if (!pass_until(world, Seconds{3}, [&] { return state() == State::serving; })) {
    watch.breaks("S31", "the owner died, and after 3 s it is " + where(world));
  }
}

void unpauses(Surroundings& world) {
  auto& watch = world.watch();
  // Where this node is no longer the owner nobody writes: there a pause may run out by itself.
  const auto paused = [&] {
    const bool own = watch.has_address() && watch.writes_paused(world.self());
    return own || watch.writes_paused(world.other());
  };
  // Its own turn to let go: a role change that is under way is not disturbed.
  const auto over = [&] { return watch.exited() || watch.paused() || !paused(); };
  if (over()) return;
  if (!pass_until(world, Millis{1500}, over)) {
    watch.breaks("S35", "writes were paused, and it is " + where(world));
  }
}

}  // namespace redvip::search

// Each entry of the table of transitions happens; that no other does is asserted in Service::enter
// wherever a Service runs, and by the simulator (S24).
#include "core/transitions.hpp"

#include <functional>
#include <set>

#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

void redis_b_dies(ServiceScene& scene) {
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
}

// redis-b stood by and has been elected.
void elected(ServiceScene& scene) {
  stand_by(scene, b, 250);
  scene.owner.reset();
  scene.pass(Millis{350});
  scene.tell(event::Led{});
}

void interface_down(ServiceScene& scene) {
  scene.tell(event::InterfaceChanged{"eth0", false});
}

using Story = std::function<void(ServiceScene&)>;

const Story stories_of_redis_a[] = {
    [](auto& scene) {  // serves until its Redis dies
      serve(scene);
      redis_dies(scene);
    },
    [](auto& scene) {  // serves until another one leads
      serve(scene);
      scene.tell(advert(b, 254));
      scene.tell(event::Followed{advert(b, 254)});
    },
    [](auto& scene) {  // hands over, but Redis does not pause
      serve(scene);
      scene.tell(event::SwitchoverAsked{});
      scene.done(a, Error{"NOPERM", ""});
      scene.pass(Millis{120});
    },
    [](auto& scene) {  // hands over
      serve(scene);
      scene.tell(event::SwitchoverAsked{});
      scene.done(a);
      scene.pass(Millis{2});
      scene.redis[b] = promoted(1000, 1000);
      scene.pass(Millis{5});
      scene.tell(advert(b, 251));
      scene.tell(event::AddressClaimed{});
    },
    [](auto& scene) {  // the cable is pulled while it hands over
      serve(scene);
      scene.tell(event::SwitchoverAsked{});
      interface_down(scene);
    },
    [](auto& scene) {  // is behind, and an operator wants it all the same
      scene.redis[a] = parked(1000);
      scene.redis[b] = parked(1120);
      scene.tell(event::Start{});
      scene.pass(Seconds{1});
      scene.tell(event::SwitchoverAsked{"the disk of redis-b is gone"});
    },
    [](auto& scene) {  // finds its Redis dead, then alive, beside an owner that it must follow
      scene.redis[b] = promoted(1000, 1300);
      scene.owner = advert(b, 251);
      scene.tell(event::Start{});
      redis_dies(scene);
      scene.pass(Millis{500});
      scene.redis[a] = master(1000);
      scene.tell(event::RedisConnected{a});
    },
};

const Story stories_of_redis_b[] = {
    [](auto& scene) {  // its Redis dies and comes back
      stand_by(scene, b, 250);
      redis_b_dies(scene);
      scene.redis[b] = replica_of(a, 1000);
      scene.tell(event::RedisConnected{b});
    },
    [](auto& scene) {  // its replication breaks and comes back
      stand_by(scene, b, 250);
      scene.redis[b] = link_down(replica_of(a, 1000), Seconds{11});
      scene.pass(Millis{200});
      scene.redis[b] = replica_of(a, 1000);
      scene.pass(Millis{200});
    },
    [](auto& scene) {  // holds, and then the cable is pulled
      stand_by(scene, b, 250);
      scene.redis[b] = link_down(replica_of(a, 1000), Seconds{11});
      scene.pass(Millis{200});
      interface_down(scene);
    },
    [](auto& scene) {  // is overtaken while it takes over
      elected(scene);
      scene.tell(event::Followed{advert(a, 254)});
    },
    [](auto& scene) {  // its Redis dies while it takes over
      elected(scene);
      redis_b_dies(scene);
    },
};

TEST_CASE("every transition of the table happens") {
  std::set<std::pair<State, State>> seen;
  const auto tell = [&](NodeIndex self, const Story& story) {
    ServiceScene scene{site(self)};
    story(scene);
    for (const auto& transition : scene.transitions) seen.insert({transition.from, transition.to});
  };
  for (const auto& story : stories_of_redis_a) tell(a, story);
  for (const auto& story : stories_of_redis_b) tell(b, story);
  for (const auto& known : known_transitions) {
    INFO(name(known.from) << " to " << name(known.to));
    CHECK(seen.count({known.from, known.to}) == 1);
  }
}

TEST_CASE("the table has each transition once, and nothing that leads past its checks") {
  for (const auto& known : known_transitions) {
    CHECK(std::count_if(known_transitions.begin(), known_transitions.end(), [&](const auto& it) {
            return it.from == known.from && it.to == known.to;
          }) == 1);
  }
  CHECK_FALSE(is_known_transition(State::standby, State::serving));
  CHECK_FALSE(is_known_transition(State::fault, State::promoting));
  CHECK_FALSE(is_known_transition(State::serving, State::standby));
  CHECK_FALSE(is_known_transition(State::serving, State::starting));
}

}  // namespace
}  // namespace redvip

// promoting while the owner still leads: asked for by an operator, or preferred.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

TEST_CASE("an operator's take-over pauses the owner's writes and does not park it") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});
  scene.done(a);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"b: promote"});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  CHECK(scene.take() == Script{"b: unpause writes", "add VIPs"});
  scene.tell(event::VipsAdded{std::nullopt});
  // One above the owner, so that it yields to the first advert.
  CHECK(scene.take() == Script{"priority 251", "announce", "promoting -> serving", "claim"});
}

TEST_CASE("a preferred node takes over by itself, after preempt_delay and in sync") {
  auto preferred = site(a);
  preferred.service.preempt = true;
  preferred.service.preempt_delay = Seconds{2};
  ServiceScene scene{preferred};
  stand_by(scene, a, 245);
  scene.pass(Millis{1000});
  CHECK(scene.machine.state() == State::standby);
  scene.pass(Millis{760});
  CHECK(scene.take() == Script{"standby -> promoting", "b: pause writes 2000 ms"});
  CHECK(scene.transitions.back().cause == "this node is preferred to redis-b");
}

TEST_CASE("a preferred node whose take-over fails waits longer before each next one") {
  auto preferred = site(a);
  preferred.service.preempt = true;
  preferred.service.preempt_delay = Seconds{2};
  ServiceScene scene{preferred};
  stand_by(scene, a, 245);
  const auto fails_after = [&] {
    const auto began = scene.now;
    while (scene.machine.state() != State::promoting && scene.now - began < Seconds{60}) {
      scene.pass(Millis{10});
    }
    INFO(scene.machine.reason());
    REQUIRE(scene.machine.state() == State::promoting);
    scene.done(b, Error{"NOPERM", ""});
    REQUIRE(scene.machine.state() == State::holding);
    scene.done(b);  // unpaused
    return scene.now - began;
  };
  fails_after();
  const auto second = fails_after();
  CHECK(second >= Seconds{5});
  CHECK(fails_after() >= second + Seconds{5});
}

TEST_CASE("without preempt, and against a higher owner, nobody takes over unasked") {
  auto where = site(a);
  SECTION("preempt is off") {
    where.service.preempt = false;
  }
  SECTION("the owner has the incumbent's advantage") {
    where.service.preempt = true;
  }
  ServiceScene scene{where};
  stand_by(scene, a, where.service.preempt ? 251 : 245);
  scene.pass(Seconds{10});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a take-over on request is given up where the owner's writes cannot be paused") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.pass(Seconds{1});
  scene.take();
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});
  scene.done(a, Error{"ERR syntax error", ""});
  CHECK(scene.machine.state() == State::holding);
  CHECK(contains(scene.transitions.back().cause, "writes cannot be paused on redis-a"));
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: promote") == 0);
}

TEST_CASE("a take-over on request ends before the owner's pause does, whatever down_after is") {
  auto patient = site(b);
  patient.service.redis.down_after = Seconds{5};
  ServiceScene scene{patient};
  stand_by(scene, b, 250);
  scene.pass(Seconds{1});
  scene.redis[a] = master(1500);
  scene.tell(event::SwitchoverAsked{});
  scene.take();
  scene.done(a);
  scene.pass(Millis{1480});
  CHECK(scene.machine.state() == State::promoting);
  scene.pass(Millis{30});
  CHECK(scene.machine.state() == State::holding);
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: promote") == 0);
  CHECK(std::count(script.begin(), script.end(), "a: unpause writes") == 1);
}

}  // namespace
}  // namespace redvip

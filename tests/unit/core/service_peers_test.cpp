// What the other nodes' redvips tell of themselves, and who may be asked to take over.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

Presence standing_by() {
  return {State::standby, Priority::of(245), false, "in sync with redis-a"};
}

std::string objection(const ServiceScene& scene) {
  return scene.machine.objection_to(b, scene.now);
}

TEST_CASE("a standby whose redvip was never heard of may be handed over to") {
  ServiceScene scene{site(a)};
  serve(scene);
  CHECK(objection(scene).empty());
  CHECK(scene.machine.facts().peer(scene.now, b) == nullptr);
}

TEST_CASE("nothing is handed over to a node whose redvip is not there, is paused, or in fault") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::PeerSeen{b, standing_by()});
  CHECK(objection(scene).empty());
  SECTION("gone") {
    scene.tell(event::PeerMissing{b});
    CHECK(objection(scene) == "its redvip is not running, or hangs");
  }
  SECTION("paused") {
    auto presence = standing_by();
    presence.paused = true;
    scene.tell(event::PeerSeen{b, presence});
    CHECK(objection(scene) == "its redvip is paused");
  }
  SECTION("in fault") {
    scene.tell(event::PeerSeen{b, {State::fault, Priority::of(245), false, "eth1 is down"}});
    CHECK(objection(scene) == "eth1 is down");
  }
  scene.take();
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"warn", "serving -> serving"});
  scene.tell(event::PeerSeen{b, standing_by()});
  CHECK(objection(scene).empty());
}

TEST_CASE("what a peer told is not known any more when it has not been seen for a while") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::PeerSeen{b, {State::fault, Priority::of(245), false, "eth1 is down"}});
  scene.pass(Millis{3500});
  CHECK(scene.machine.facts().peer(scene.now, b) != nullptr);
  scene.pass(Millis{1});
  CHECK(scene.machine.facts().peer(scene.now, b) == nullptr);
  CHECK(objection(scene).empty());
}

TEST_CASE("that a peer is missing counts only while the local Redis, which tells, answers") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::PeerMissing{b});
  CHECK(scene.machine.facts().peer_missing(scene.now, b));
  redis_dies(scene);
  CHECK_FALSE(scene.machine.facts().peer_missing(scene.now, b));
}

TEST_CASE("a switchover to a named node goes there or nowhere") {
  ServiceScene scene{site(a)};
  serve(scene);
  SECTION("it is fit") {
    scene.tell(event::SwitchoverAsked{{}, b, "kernel update", "alice"});
    CHECK(scene.machine.state() == State::handing_over);
    CHECK(scene.transitions.back().cause ==
          "an operator asked for a switchover (kernel update): handing over to redis-b");
    CHECK(scene.transitions.back().by == "alice");
  }
  SECTION("it is this one") {
    scene.tell(event::SwitchoverAsked{{}, a});
    CHECK(scene.transitions.back().cause == "already the owner");
  }
  SECTION("it is not fit") {
    scene.redis[b] = parked(1000);
    scene.pass(Millis{200});
    scene.tell(event::SwitchoverAsked{{}, b});
    CHECK(contains(scene.transitions.back().cause,
                   "redis-b cannot take over: its Redis is not in sync with this one"));
    CHECK(scene.machine.state() == State::serving);
  }
}

TEST_CASE(
    "a standby does not take over from an owner that is paused, which would keep the address") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::PeerSeen{a, {State::serving, Priority::of(250), true, "the owner"}});
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.machine.state() == State::standby);
  CHECK(scene.transitions.back().cause ==
        "not taking over: redis-a is paused: 'redvip resume' there first");
  scene.tell(event::PeerSeen{a, {State::serving, Priority::of(250), false, "the owner"}});
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.machine.state() == State::promoting);
}

TEST_CASE("a standby does not take over when another node was named") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::SwitchoverAsked{{}, a});
  CHECK(scene.machine.state() == State::standby);
  CHECK(contains(scene.transitions.back().cause, "redis-a was asked for"));
  scene.tell(event::SwitchoverAsked{{}, b, "", "alice"});
  CHECK(scene.machine.state() == State::promoting);
  CHECK(scene.transitions.back().by == "alice");
}

TEST_CASE("who asked is told with every step of what was asked for, and with nothing after it") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::SwitchoverAsked{{}, {}, "", "alice"});
  scene.done(a);
  scene.pass(Millis{2});
  scene.tell(event::AddressClaimed{});
  REQUIRE(scene.transitions.size() >= 3);
  const auto* last = &scene.transitions.back();
  CHECK(last[-1].to == State::holding);
  CHECK(last[-1].by == "alice");
  CHECK(last->to == State::standby);
  CHECK(last->by.empty());
}

}  // namespace
}  // namespace redvip

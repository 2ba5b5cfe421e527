// starting, standby, holding and fault: somebody else leads, or nobody yet.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

TEST_CASE("a starting node only listens for four advert intervals, then stands by") {
  ServiceScene scene{site(b)};
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.owner = advert(a, 250);
  scene.tell(event::Start{});
  scene.pass(Millis{399});
  CHECK(scene.take() == Script{"priority 245"});
  CHECK(scene.machine.state() == State::starting);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"starting -> standby", "join"});
  CHECK(scene.transitions.back().cause == "in sync with redis-a");
}

TEST_CASE("a starting node waits for a Redis that has not answered yet") {
  ServiceScene scene{site(b)};
  scene.redis[b] = replica_of(a, 1000);
  scene.owner = advert(a, 250);
  scene.tell(event::Start{});
  scene.pass(Millis{950});
  CHECK(scene.machine.state() == State::starting);
  scene.pass(Millis{100});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a node with nothing to follow and nobody to fear stands by to lead") {
  ServiceScene scene{site(a)};
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Millis{400});
  CHECK(scene.take() == Script{"priority 250", "starting -> standby", "join"});
}

TEST_CASE("a node whose Redis is behind a peer's does not compete for the address") {
  ServiceScene scene{site(a)};
  scene.redis[a] = restarted_empty();
  scene.redis[b] = parked(1000);
  scene.tell(event::Start{});
  scene.pass(Millis{500});
  CHECK(scene.take() == Script{"priority 250", "starting -> holding", "leave"});
  CHECK(contains(scene.machine.reason(), "is empty, unlike redis-b"));
}

TEST_CASE("a standby remembers what the owner was known to have, not what it has itself") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1700);
  scene.pass(Seconds{10});
  CHECK_FALSE(scene.journals.back().last.served);
  CHECK(scene.journals.back().last.needed == Dataset{the_line, 1700, 100});
  CHECK(scene.journals.back().last.own == Dataset{the_line, 1000, 100});
}

TEST_CASE("an owner that writes is remembered with what it will write until the next note") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  for (std::int64_t offset = 2000; offset <= 20'000; offset += 1000) {
    scene.redis[a] = master(offset);
    scene.redis[b] = replica_of(a, offset);
    scene.pass(Millis{100});
  }
  const auto& last = scene.journals.back().last;
  CHECK(last.needed.offset >= last.own.offset + 10'000);  // it wrote 10,000 bytes a second
}

TEST_CASE("a standby whose replication breaks stands back while the owner leads") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b]->sync_in_progress = true;
  scene.redis[b]->link_up = false;
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"standby -> holding", "leave"});
  CHECK(contains(scene.transitions[1].cause, "full copy"));
  scene.redis[b] = replica_of(a, 2000);
  scene.redis[a] = master(2000);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"holding -> standby", "join"});
}

TEST_CASE("a full copy of a master that nobody leads with is called off while it downloads") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.owner.reset();
  scene.redis[a] = restarted_empty();
  scene.redis[b]->sync_in_progress = true;
  scene.redis[b]->link_up = false;
  scene.pass(Millis{700});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: park" + kill_vip) == 1);
  CHECK(contains(scene.notes.back(), "is called off"));
}

TEST_CASE("a replica whose master came back with another history is parked before it copies that") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1500);  // what it was last known to have
  scene.pass(Millis{1100});
  scene.owner.reset();
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{60});  // too old to lead
  auto replayed = parked(500);
  replayed.keys = 98;
  SECTION("another history") {
    replayed.replid = std::string(40, '3');
    scene.redis[a] = replayed;
    scene.pass(Millis{700});
    CHECK(contains(scene.machine.reason(), "shares no history with redis-a"));
    const auto script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "b: park" + kill_vip) == 1);
  }
  SECTION("the same, and more") {
    scene.redis[a] = parked(1100);
    scene.pass(Millis{700});
    CHECK(contains(scene.machine.reason(), "100 bytes behind redis-a"));
    const auto script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "b: park" + kill_vip) == 0);
  }
}

TEST_CASE("a standby whose Redis dies is in fault until Redis answers again") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  CHECK(scene.take() == Script{"standby -> fault", "leave"});
  CHECK(scene.machine.reason() == "Redis is not running (connection refused)");
  scene.pass(Millis{500});
  CHECK(scene.take() == Script{});
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::RedisConnected{b});
  CHECK(scene.take() == Script{"fault -> standby", "join"});
}

TEST_CASE("a paused node watches and changes nothing, until it is resumed") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::PauseAsked{});
  CHECK(scene.take() == Script{"warn", "standby -> standby"});
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.owner.reset();
  scene.tell(event::Led{});
  scene.pass(Millis{900});
  CHECK(scene.take() == Script{});
  CHECK(scene.machine.state() == State::standby);
  scene.tell(event::ResumeAsked{});
  CHECK(scene.take() == Script{"warn", "standby -> standby", "standby -> fault", "leave"});
}

TEST_CASE("a paused node refuses a switchover and says how to end the pause") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::PauseAsked{});
  scene.take();
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"warn", "standby -> standby"});
  CHECK(contains(scene.transitions.back().cause, "redvip resume"));
}

TEST_CASE("a node that is terminated while it stands by just goes") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::TerminateAsked{});
  CHECK(scene.take() == Script{"leave", "exit"});
}

TEST_CASE("a preferred node does not take over from a line that its Redis is not on") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = promoted(1000, 1300);
  scene.pass(Millis{100});
  scene.take();
  scene.tell(event::SwitchoverAsked{});
  CHECK(contains(scene.transitions.back().cause, "has another replication ID"));
}

TEST_CASE("a standby refuses to take over when it could not do it safely, and says why") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::unreachable, "no route"});
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"warn", "standby -> standby"});
  CHECK(scene.transitions.back().cause ==
        "not taking over: the Redis of redis-a cannot be seen from here");
}

}  // namespace
}  // namespace redvip

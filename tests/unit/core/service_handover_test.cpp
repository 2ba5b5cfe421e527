// handing_over: the owner gives the service away without losing a write, or keeps it.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

// Asked, paused, frozen at 1000, redis-b drained: priority 0 is out, the address still here.
void release(ServiceScene& scene) {
  serve(scene);
  scene.tell(event::SwitchoverAsked{});
  scene.done(a);
  scene.pass(Millis{2});
  scene.take();
}

TEST_CASE("a hand-over pauses, waits for the successor's offset, then releases with the address") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a] = master(1500);
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() ==
        Script{"serving -> handing_over", "find clients", "a: pause writes 2005 ms"});
  CHECK(scene.transitions.back().cause ==
        "an operator asked for a switchover: handing over to redis-b");
  CHECK(scene.transitions.back().peer == b);

  scene.pass(Millis{20});
  CHECK(scene.take() == Script{});  // the pause is not confirmed
  scene.done(a);
  scene.pass(Millis{20});
  CHECK(scene.take() == Script{});  // frozen at 1500; redis-b is at 1000
  scene.redis[b] = replica_of(a, 1500);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"leave"});  // priority 0, and the address stays
  CHECK(scene.machine.state() == State::handing_over);
}

TEST_CASE("when the successor claims the address: reset, then remove, then park") {
  ServiceScene scene{site(a)};
  release(scene);
  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{5});
  scene.tell(advert(b, 251));
  CHECK(scene.take() == Script{});
  scene.tell(event::AddressClaimed{});
  CHECK(scene.take() == Script{"leave", "reset clients", "remove VIPs", "handing_over -> holding",
                               "leave", "a: park, kill clients of 10.77.0.100:6379"});
  CHECK(scene.transitions.back().cause == "handed over to redis-b");
  CHECK(scene.transitions.back().peer == b);
}

TEST_CASE("where ARP is not heard, the successor's second advert releases the address") {
  ServiceScene scene{site(a)};
  release(scene);
  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{5});
  scene.tell(advert(b, 251));
  scene.pass(Millis{40});
  CHECK(scene.take() == Script{});
  scene.pass(Millis{60});
  scene.tell(advert(b, 251));
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "remove VIPs") == 1);
}

TEST_CASE("a switchover that nobody can take is refused with the reason, and nothing is touched") {
  ServiceScene scene{site(a)};
  serve(scene);
  std::string why;
  SECTION("out of sync") {
    scene.redis[b] = link_down(replica_of(a, 1000), Seconds{1});
    why = "redis-b: its Redis is not in sync with this one";
  }
  SECTION("attached, but not fed") {
    scene.redis[a] = master(1070);
    scene.pass(Millis{500});
    why = "redis-b: its Redis has yet to receive 70 bytes";
  }
  SECTION("forbidden") {
    scene.redis[b]->replica_priority = 0;
    why = "redis-b: replica-priority is 0";
  }
  SECTION("on another line") {
    scene.redis[b]->replid = std::string(40, '9');
    why = "redis-b: its Redis has another replication ID";
  }
  scene.pass(Millis{100});
  scene.take();
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"warn", "serving -> serving"});
  CHECK(contains(scene.transitions.back().cause, "nobody can take over: " + why));
  CHECK(scene.transitions.back().from == scene.transitions.back().to);
}

TEST_CASE("a switchover to a dead Redis is refused with what was last heard of it") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::SwitchoverAsked{});
  CHECK(scene.take() == Script{"warn", "serving -> serving"});
  CHECK(contains(scene.transitions.back().cause,
                 "redis-b: its Redis cannot be seen: connection refused"));
}

TEST_CASE("a successor that does not catch up in time: writes go on here") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a] = master(1500);
  scene.tell(event::SwitchoverAsked{});
  scene.done(a);
  scene.take();
  scene.pass(Millis{520});
  auto script = scene.take();
  std::erase(script, "refresh VIPs");
  CHECK(script == Script{"a: unpause writes", "handing_over -> serving"});
  CHECK(scene.transitions.back().cause == "still the owner: redis-b did not catch up in time");
}

TEST_CASE("a successor that does not take over: lead again first, then writes go on") {
  ServiceScene scene{site(a)};
  release(scene);
  scene.pass(Millis{410});
  auto script = scene.take();
  std::erase(script, "refresh VIPs");
  CHECK(script == Script{"claim"});
  scene.pass(Millis{120});
  script = scene.take();
  std::erase(script, "refresh VIPs");
  CHECK(script == Script{"a: unpause writes", "handing_over -> serving"});
  CHECK(contains(scene.transitions.back().cause, "redis-b did not take over"));
}

TEST_CASE(
    "a pause that a hanging Redis carries out seconds later is lifted when this node leads again") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::SwitchoverAsked{});
  scene.redis[a].reset();
  scene.pass(Seconds{3});
  CHECK(scene.machine.state() == State::fault);
  scene.take();
  scene.redis[a] = master(1000);
  scene.done(a);  // the pause
  scene.tell(event::RedisObserved{a, *scene.redis[a]});
  scene.pass(Millis{500});
  CHECK(scene.machine.state() == State::standby);
  scene.tell(event::Led{});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "a: unpause writes") == 1);
  CHECK(std::count(script.begin(), script.end(), "add VIPs") == 1);
}

TEST_CASE("writes never go on here once the successor is seen to be a master") {
  ServiceScene scene{site(a)};
  release(scene);
  scene.pass(Millis{410});
  scene.take();
  scene.redis[b] = promoted(1000, 1040);
  scene.pass(Millis{120});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "a: unpause writes") == 0);
  CHECK(std::count(script.begin(), script.end(), "remove VIPs") == 1);
  CHECK(scene.machine.state() == State::holding);
}

TEST_CASE("a successor that has given up, and whose Redis stays a master, holds up nothing") {
  ServiceScene scene{site(a)};
  release(scene);
  scene.pass(Millis{410});
  scene.redis[b] = promoted(1000, 1000);
  scene.tell(advert(b, 251));
  scene.tell(advert(b, 0));
  scene.take();
  scene.pass(Millis{900});
  const auto script = scene.take();
  CHECK(scene.machine.state() == State::handing_over);
  const auto parks = std::count(script.begin(), script.end(), "b: park" + kill_vip);
  CHECK(parks > 5);
  CHECK(parks < 12);
  scene.pass(Millis{200});
  CHECK(scene.machine.state() == State::serving);
}

TEST_CASE("a pause that Redis refuses ends the hand-over before anything was given away") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::SwitchoverAsked{});
  scene.take();
  scene.done(a, Error{"NOPERM", ""});
  scene.pass(Millis{120});
  auto script = scene.take();
  std::erase(script, "refresh VIPs");
  CHECK(script == Script{"a: unpause writes", "handing_over -> serving"});
  CHECK(contains(scene.transitions.back().cause, "writes cannot be paused: NOPERM"));
}

TEST_CASE("a terminated owner hands over, follows its successor, and only then exits") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::TerminateAsked{});
  CHECK(scene.take() ==
        Script{"serving -> handing_over", "find clients", "a: pause writes 2005 ms"});
  scene.done(a);
  scene.pass(Millis{2});
  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{5});
  scene.tell(advert(b, 251));
  scene.tell(event::AddressClaimed{});
  const auto script = scene.take();
  CHECK(script.back() == "a: park, kill clients of 10.77.0.100:6379");
  scene.redis[a] = replica_of(b, 1000);
  scene.done(a);
  scene.pass(Millis{150});
  CHECK(scene.take() == Script{"leave", "exit"});
}

TEST_CASE("a terminated owner without a successor takes the address with it and says so") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::TerminateAsked{});
  CHECK(scene.take() == Script{"warn", "leave", "reset clients", "remove VIPs", "exit"});
}

}  // namespace
}  // namespace redvip

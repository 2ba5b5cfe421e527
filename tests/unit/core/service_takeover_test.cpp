// promoting: drained, then promoted, then the address, then the announcement.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

// So many looks, at each of which the kernel has so much of the replication link unread.
void look_at_link(ServiceScene& scene, int times, std::optional<std::uint32_t> unread) {
  for (int look = 0; look < times; ++look) {
    scene.pass(Millis{1});
    scene.tell(event::LinkMeasured{unread});
  }
}

// redis-a is dead, the election has run out: b is to lead.
void owner_dies(ServiceScene& scene) {
  scene.owner.reset();
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{350});
  scene.take();
  scene.tell(event::Led{});
}

// The daemon on redis-a is dead, its Redis goes on.
void owner_daemon_dies(ServiceScene& scene) {
  scene.owner.reset();
  scene.pass(Millis{350});
  scene.take();
  scene.tell(event::Led{});
}

Script without(Script script, const std::string& word) {
  std::erase(script, word);
  return script;
}

TEST_CASE("from a dead owner: drained, promoted, seen to be master, address, announced, serving") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  CHECK(scene.take() == Script{"standby -> promoting"});
  CHECK(scene.transitions.back().cause == "redis-a is silent");

  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"b: promote"});

  scene.done(b);
  scene.pass(Millis{50});
  CHECK(scene.take() == Script{});  // OK is only a word: it is not a master yet

  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{1});
  // Before it was restarted, its redvip may have begun to hand over.
  CHECK(scene.take() == Script{"b: unpause writes", "add VIPs"});

  scene.tell(event::VipsAdded{std::nullopt});
  CHECK(scene.take() == Script{"priority 251", "announce", "promoting -> serving", "claim"});
  CHECK(scene.machine.state() == State::serving);
  CHECK(scene.transitions.back().peer == a);
  const auto& journal = scene.journals.back();
  CHECK(journal.last.served);
  CHECK(journal.last.served_by == "first run");
  CHECK(journal.last.own == Dataset{std::string(40, '2'), 1000, 100});
  CHECK(journal.past == std::vector<PastLine>{{the_line, 1000, true}});
}

TEST_CASE("a replica is not promoted while its replication link has something unread") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  look_at_link(scene, 20, 4096);
  CHECK(without(scene.take(), "measure link") ==
        Script{"standby -> promoting", "guard 10.77.0.1:6379"});

  for (int look = 0; look < 4; ++look) {
    scene.tell(event::LinkMeasured{0});
    scene.pass(Millis{1});
  }
  CHECK(without(scene.take(), "measure link") == Script{"b: promote"});
}

TEST_CASE("a link with nothing left in it, as of a host that is cut off, gets no packet filter") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  look_at_link(scene, 8, 0);
  CHECK(without(scene.take(), "measure link") == Script{"standby -> promoting", "b: promote"});
}

TEST_CASE("a link that counts as up though its socket is gone is still being read") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  look_at_link(scene, 20, std::nullopt);
  CHECK(without(scene.take(), "measure link") ==
        Script{"standby -> promoting", "guard 10.77.0.1:6379"});
}

TEST_CASE("a replica is not promoted while its read offset moves") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  for (int look = 0; look < 50; ++look) {
    scene.redis[b] = replica_of(a, 1000 + 10 * look);
    scene.tell(event::LinkMeasured{0});
    scene.pass(Millis{1});
  }
  CHECK(without(scene.take(), "measure link") ==
        Script{"standby -> promoting", "guard 10.77.0.1:6379"});
}

TEST_CASE("when only the owner's daemon died: pause, catch up, park with its clients, promote") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1500);
  owner_daemon_dies(scene);
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});

  scene.done(a);
  scene.pass(Millis{20});
  CHECK(scene.take() == Script{});  // 500 bytes are missing
  scene.redis[b] = replica_of(a, 1500);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"a: park" + kill_vip});

  // A write that slipped in before it was parked is waited for.
  scene.redis[a] = parked(1520);
  scene.done(a);
  scene.pass(Millis{20});
  CHECK(scene.take() == Script{});
  scene.redis[b] = replica_of(a, 1520);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"b: promote"});
}

TEST_CASE("a replica's offset is not taken for what the old owner had: its link is read instead") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1500);
  owner_daemon_dies(scene);
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});
  scene.redis[a] = replica_of(b, 900);  // somebody's REPLICAOF
  scene.done(a);
  CHECK(scene.take() == Script{"a: unpause writes"});
  look_at_link(scene, 20, 600U);
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: promote") == 0);
}

TEST_CASE("an old owner's Redis that dies in the middle is drained like any other") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_daemon_dies(scene);
  scene.redis[a].reset();
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms", "b: promote"});
}

// redis-b, whose redvip was restarted, has the turn just as the Redis of redis-a is back.
TEST_CASE("a Redis that has just been connected to is heard before anybody leads") {
  ServiceScene scene{site(b)};
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{1});
  scene.tell(event::Start{});
  scene.pass(Millis{2500});
  REQUIRE(scene.machine.state() == State::standby);
  scene.tell(event::RedisConnected{a});
  scene.tell(event::Led{});
  CHECK(scene.machine.state() == State::standby);
  scene.take();
  SECTION("a master is caught up with") {
    scene.tell(event::RedisObserved{a, master(1100)});
    CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});
  }
  SECTION("one that has more leads, however long nobody did") {
    scene.redis[a] = parked(1100);
    scene.tell(event::RedisObserved{a, parked(1100)});
    scene.pass(Millis{5});
    CHECK(scene.machine.state() == State::holding);
    CHECK(contains(scene.machine.reason(), "redis-a has more of the same history"));
  }
  SECTION("one that hangs after all is not waited for") {
    scene.pass(Millis{40});
    CHECK(scene.take() == Script{});
    scene.pass(Millis{20});
    CHECK(scene.machine.state() == State::promoting);
  }
}

TEST_CASE("after a planned release the old owner's Redis is not parked: it gives way by itself") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(advert(a, 0));
  scene.owner.reset();
  scene.tell(event::Led{});
  CHECK(scene.take() == Script{"standby -> promoting", "a: pause writes 2000 ms"});
  CHECK(scene.transitions.back().cause == "redis-a released the address");
  scene.done(a);
  scene.pass(Millis{1});
  CHECK(scene.take() == Script{"b: promote"});
}

TEST_CASE("a take-over that fails lets the old owner go on, and is not tried again at once") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1500);
  owner_daemon_dies(scene);
  scene.done(a);
  scene.take();
  SECTION("it never catches up") {
    scene.pass(Millis{1100});
  }
  SECTION("another node leads") {
    scene.tell(event::Followed{advert(a, 254)});
  }
  SECTION("the interface goes down") {
    scene.tell(event::InterfaceChanged{"eth0", false});
  }
  const auto script = scene.take();
  REQUIRE(script.size() >= 3);
  CHECK(script[0] == "leave");
  CHECK(script[1] == "a: unpause writes");
  CHECK(contains(script[2], "promoting -> "));
  CHECK(contains(scene.transitions.back().cause, "not taking over: "));
  scene.pass(Millis{900});
  CHECK(scene.machine.state() != State::standby);
}

TEST_CASE("an address that cannot be added is taken off again, and the node stands back") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.take();
  scene.tell(event::VipsAdded{Error{"Operation not permitted", "RTM_NEWADDR"}});
  CHECK(scene.take() ==
        Script{"reset clients", "remove VIPs", "leave", "promoting -> holding", "leave"});
  CHECK(contains(scene.transitions.back().cause, "Operation not permitted"));
}

TEST_CASE("a Redis that refuses to be promoted gets no address") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  scene.take();
  scene.done(b, Error{"NOPERM", ""});
  CHECK(scene.take() == Script{"leave", "promoting -> holding", "leave"});
}

TEST_CASE(
    "a master with all the data takes the address, and is told nothing but to go on writing") {
  ServiceScene scene{site(a)};
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Millis{450});
  scene.take();
  scene.tell(event::Led{});
  CHECK(scene.take() == Script{"standby -> promoting", "a: unpause writes", "add VIPs"});
  CHECK(scene.transitions.back().cause == "nobody owns the address");
  scene.tell(event::VipsAdded{std::nullopt});
  CHECK(scene.take() == Script{"announce", "promoting -> serving", "claim"});
}

// redis-b, which has just looked around, hears no more of redis-a.
void owner_of_three_falls_silent(ServiceScene& scene) {
  stand_by_of_three(scene);
  scene.pass(Millis{60});
  REQUIRE(scene.machine.state() == State::standby);
  scene.owner.reset();
}

TEST_CASE("a third node that hangs delays a hand-over by 50 ms, not until the next look around") {
  ServiceScene scene{site_of_three(b)};
  owner_of_three_falls_silent(scene);
  scene.redis[c].reset();
  scene.tell(advert(a, 0));
  scene.tell(event::Led{});
  scene.done(a);
  scene.pass(Millis{45});
  auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: promote") == 0);
  scene.pass(Millis{10});
  script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: promote") == 1);
}

TEST_CASE("a take-over whose own Redis does not answer any more is given up") {
  ServiceScene scene{site_of_three(b)};
  owner_of_three_falls_silent(scene);
  scene.pass(Millis{350});
  scene.tell(event::Led{});
  scene.done(a);
  REQUIRE(scene.take().back() == "a: park" + kill_vip);
  scene.tell(event::RedisLost{b, Loss::closed, "connection reset"});
  scene.done(a, Error{"NOPERM", ""});
  CHECK(scene.machine.state() == State::holding);
  CHECK(contains(scene.machine.reason(), "Redis does not answer"));
}

TEST_CASE("every phase of a take-over is timed in its record") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  scene.pass(Millis{7});
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.pass(Millis{3});
  scene.tell(event::VipsAdded{std::nullopt});
  const std::vector<std::pair<std::string, Micros>> expected{
      {"drained", Millis{8}}, {"promoted", Micros{0}}, {"announced", Millis{3}}};
  CHECK(scene.transitions.back().phases == expected);
}

TEST_CASE("what a dead owner may have had and this node has not is bounded in the record") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[a] = master(1200);
  scene.pass(Millis{100});
  owner_dies(scene);
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.tell(event::VipsAdded{std::nullopt});
  // 200 bytes behind its last look, at which it wrote 2000 bytes a second.
  const auto bound = scene.transitions.back().toll.at_most_lost;
  REQUIRE(bound);
  CHECK(*bound >= 200 + 200);
  CHECK(*bound < 200 + 2000);
}

TEST_CASE("the guard of a link that took long to read is up until the address is announced") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  owner_dies(scene);
  scene.tell(event::LinkMeasured{4096});
  scene.pass(Millis{2});
  CHECK(without(scene.take(), "measure link") == Script{"standby -> promoting"});
  scene.pass(Millis{2});
  CHECK(without(scene.take(), "measure link") == Script{"guard 10.77.0.1:6379"});
  SECTION("after a promotion") {
    scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
    scene.pass(Millis{1});
    scene.redis[b] = promoted(1000, 1000);
    scene.done(b);
    scene.take();
    scene.tell(event::VipsAdded{std::nullopt});
    CHECK(scene.take() ==
          Script{"priority 251", "announce", "unguard", "promoting -> serving", "claim"});
  }
  SECTION("and ends with a take-over that is abandoned") {
    scene.redis[b]->loading = true;
    scene.pass(Millis{1});
    const auto script = without(scene.take(), "measure link");
    CHECK(script.front() == "unguard");
  }
}

}  // namespace
}  // namespace redvip

// Other people's hands, our own haste, an operator's force, and how many replicas a write needs.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

bool told(const ServiceScene& scene, const std::string& words) {
  return std::any_of(scene.notes.begin(), scene.notes.end(),
                     [&](const auto& note) { return contains(note, words); });
}

TEST_CASE(
    "a standby that somebody else made a master is named, and put right by the ordinary way") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{100});
  CHECK(told(scene, "someone else made the local Redis a master"));
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: park, kill clients of 10.77.0.100:6379") == 1);
  CHECK(scene.machine.state() == State::holding);
}

TEST_CASE("what redvip itself or the owner's redvip did is nobody else's hand") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b] = parked(1000);
  scene.pass(Millis{100});
  scene.redis[b] = replica_of(a, 1000);
  scene.pass(Millis{100});
  CHECK_FALSE(told(scene, "someone else"));
}

TEST_CASE("the third change by somebody else within a minute makes redvip slow down and say so") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  const auto interfere = [&] {
    scene.redis[b] = replica_at("10.9.9.9", 6379, 1000);
    scene.pass(Millis{300});
  };
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(told(scene, "third time"));
    interfere();
    scene.redis[b] = replica_of(a, 1000);
    scene.pass(Seconds{12});
  }
  CHECK(told(scene, "third time"));
  interfere();
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "b: follow 10.77.0.1:6379" + kill_vip) >= 1);
  scene.pass(Seconds{8});
  CHECK(scene.take() == Script{});  // the next correction comes ten seconds after the last
  scene.pass(Seconds{3});
  CHECK(scene.take() == Script{"b: follow 10.77.0.1:6379" + kill_vip});
}

TEST_CASE("replica-read-only that is turned off is named, and such a replica does not stand by") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b]->replica_read_only = false;
  scene.pass(Millis{100});
  CHECK(told(scene, "replica-read-only was turned off"));
  CHECK(scene.machine.state() == State::holding);
}

TEST_CASE("a password that is changed under the owner moves nothing while Redis says so") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a].reset();
  for (int i = 0; i < 50; ++i) {
    scene.tell(event::RedisRefused{a, Refusal::authentication, "NOAUTH"});
    scene.pass(Millis{100});
  }
  CHECK(scene.machine.state() == State::serving);
}

// redis-b, the standby, takes over from redis-a; then redis-a has it again.
void take_over(ServiceScene& scene) {
  scene.owner.reset();
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "refused"});
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.tell(advert(a, 0));
  scene.tell(event::Led{});
  if (scene.machine.state() != State::promoting) return;
  scene.pass(Millis{2});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.pass(Millis{2});
  scene.tell(event::VipsAdded{std::nullopt});
}

void give_back(ServiceScene& scene) {
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.owner = advert(a, 254);
  scene.tell(event::Followed{*scene.owner});
  scene.pass(Seconds{4});
}

TEST_CASE("a node that took over too often without being asked holds still, and says so") {
  auto few = site(b);
  few.service.max_moves = 1;
  ServiceScene scene{few};
  stand_by(scene, b, 250);
  take_over(scene);
  REQUIRE(scene.machine.state() == State::serving);
  give_back(scene);
  REQUIRE(scene.machine.state() == State::standby);  // beside an owner it stands by all the same
  take_over(scene);
  CHECK(scene.machine.state() == State::holding);
  INFO(scene.machine.reason());
  CHECK(contains(scene.machine.reason(), "1 take-overs within 600 s (max_moves): holding still"));
  SECTION("until an operator asks") {
    scene.tell(event::SwitchoverAsked{});
    scene.pass(Millis{200});
    CHECK(scene.machine.state() == State::standby);
  }
  SECTION("until the window has passed") {
    scene.pass(Seconds{580});
    CHECK(scene.machine.state() == State::holding);
    scene.redis[b] = link_down(replica_of(a, 1000), Seconds{1});
    scene.pass(Seconds{30});
    CHECK(scene.machine.state() == State::standby);
  }
}

TEST_CASE(
    "an operator can force a node that holds to lead, and the record says what stood against it") {
  ServiceScene scene{site(a)};
  scene.redis[a] = parked(1000);
  scene.redis[b] = parked(1120);
  scene.tell(event::Start{});
  scene.pass(Seconds{1});
  REQUIRE(scene.machine.state() == State::holding);
  scene.take();
  SECTION("without force it is refused") {
    scene.tell(event::SwitchoverAsked{});
    CHECK(scene.take() == Script{"warn", "holding -> holding"});
  }
  SECTION("with force and a reason it goes through the same steps") {
    scene.tell(event::SwitchoverAsked{"the disk of redis-b is gone"});
    const auto& cause = scene.transitions.back().cause;
    CHECK(contains(cause, "forced by an operator (the disk of redis-b is gone)"));
    CHECK(contains(cause, "is 120 bytes behind redis-b"));
    scene.pass(Millis{20});
    for (int look = 0; look < 6; ++look) {
      scene.tell(event::LinkMeasured{0});
      scene.pass(Millis{1});
    }
    const auto script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "a: promote") == 1);
    scene.redis[a] = promoted(1000, 1000);
    scene.done(a);
    scene.pass(Millis{2});
    scene.tell(event::VipsAdded{std::nullopt});
    CHECK(scene.machine.state() == State::serving);
  }
}

Observation feeding(std::int64_t offset) {
  auto redis = master(offset);
  redis.replicas = {{site(a).redis(b), true, offset, Seconds{0}}};
  return redis;
}

Site managing_replicas() {
  auto managed = site(a);
  managed.service.redis.min_replicas = MinReplicas::managed;
  return managed;
}

void serve_a_replica(ServiceScene& scene) {
  serve(scene);
  scene.redis[a] = feeding(1000);
  scene.pass(Millis{200});
}

TEST_CASE("min-replicas-to-write is set only when redvip manages it") {
  ServiceScene scene{managing_replicas()};
  serve_a_replica(scene);
  auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "a: require 1 replicas") == 1);
  SECTION("0 when the other Redis is known to be dead") {
    scene.redis[a] = master(1000);
    scene.redis[b].reset();
    scene.tell(event::RedisLost{b, Loss::refused, "refused"});
    scene.pass(Millis{200});
    script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "a: require 0 replicas") == 1);
  }
  SECTION("still 1 when the other host is only silent: it may be the other side of a partition") {
    scene.redis[a] = master(1000);
    scene.redis[b].reset();
    scene.tell(event::RedisLost{b, Loss::unreachable, "timed out"});
    scene.pass(Seconds{5});
    script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "a: require 0 replicas") == 0);
  }
}

TEST_CASE(
    "an owner asks for no replica at first, whatever it asked for when it was the owner before") {
  ServiceScene scene{managing_replicas()};
  serve_a_replica(scene);
  scene.tell(event::Followed{advert(b, 251)});
  scene.owner = advert(b, 251);
  scene.redis[a] = replica_of(b, 1000);
  scene.redis[b] = master(1000);
  scene.pass(Seconds{1});
  scene.owner.reset();  // its host is cut off, longer than down_after
  scene.redis[b].reset();
  scene.redis[a] = link_down(replica_of(b, 1000), Seconds{1});
  scene.pass(Millis{1500});
  REQUIRE(scene.machine.state() == State::standby);
  scene.take();
  scene.tell(event::Led{});
  scene.pass(Millis{1});
  scene.redis[a] = master(1000);
  while (scene.machine.state() == State::promoting) {
    scene.done(a);
    scene.tell(event::VipsAdded{std::nullopt});
  }
  const auto script = scene.take();
  const auto zero = std::find(script.begin(), script.end(), "a: require 0 replicas");
  REQUIRE(zero != script.end());
  CHECK(std::find(zero, script.end(), "add VIPs") != script.end());
}

TEST_CASE("min-replicas-to-write is left alone otherwise") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a] = feeding(1000);
  scene.pass(Seconds{1});
  for (const auto& word : scene.take()) CHECK_FALSE(contains(word, "require"));
}

TEST_CASE("a restarted Redis is noted before anything is decided by the journal") {
  Journal journal;
  journal.last.served = true;
  journal.last.served_by = "first run";
  journal.last.run_id = "first run";
  journal.last.own = journal.last.needed = {the_line, 1000, 100};
  ServiceScene scene{site(a), journal};
  scene.redis[a] = restarted_empty();
  scene.tell(event::Start{});
  scene.pass(Millis{10});
  REQUIRE_FALSE(scene.journals.empty());
  CHECK(scene.journals.back().last.run_id == "second run");
  CHECK(scene.journals.back().last.served_by == "first run");
  CHECK(scene.journals.back().past.empty());  // nothing of what was there came back
}

}  // namespace
}  // namespace redvip

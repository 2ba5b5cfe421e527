// holding while nobody leads, and the Redis that has all has no redvip to lead with it.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

const Seconds for_long{6};  // longer than a redvip that is only slow would take to lead

// It was the owner of 1,000 bytes, and redis-b had them.
Journal served() {
  JournalEntry entry;
  entry.served = true;
  entry.served_by = "first run";
  entry.needed = entry.own = Dataset::of(master(1000));
  return noted(std::nullopt, entry);
}

// redis-a comes back empty; redis-b has all of it, and no redvip.
struct Orphaned : ServiceScene {
  explicit Orphaned(std::optional<Journal> journal = served())
      : ServiceScene{site(a), std::move(journal)} {
    redis[a] = restarted_empty();
    redis[b] = link_down(replica_of(a, 1000), Seconds{2});
    tell(event::Start{});
  }
  void wait(Micros duration, bool missing = true) {
    for (const auto end = now + duration; now < end;) {
      if (missing) tell(event::PeerMissing{b});
      pass(Millis{500});
    }
  }
};

bool ordered(const Script& script, const std::string& word) {
  return std::find(script.begin(), script.end(), word) != script.end();
}

const std::string follow_b = "a: follow 10.77.0.2:6379" + kill_vip;

TEST_CASE("a Redis with all the data and without a redvip is copied, and this node leads") {
  Orphaned scene;
  scene.wait(for_long);
  CHECK(scene.machine.state() == State::holding);
  CHECK(ordered(scene.take(), "b: promote"));
  CHECK(contains(scene.notes.back(), "making a master of the Redis of redis-b, which has more"));
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.wait(Seconds{2});
  CHECK(ordered(scene.take(), "a: park" + kill_vip));  // a master itself until then
  scene.redis[a] = parked(0);
  scene.redis[a]->keys = 0;
  scene.done(a);
  scene.wait(Seconds{2});
  CHECK(ordered(scene.take(), follow_b));
  scene.redis[a] = replica_of(b, 1000);
  scene.redis[a]->replid = scene.redis[b]->replid;
  scene.wait(Seconds{1});
  CHECK(scene.machine.state() == State::standby);
  CHECK(contains(scene.machine.reason(), "the redvip of redis-b does not lead"));
}

TEST_CASE("it is left alone while its redvip runs, or while it may only be slow") {
  Orphaned scene;
  SECTION("it runs") {
    scene.wait(for_long, false);
  }
  SECTION("only slow") {
    scene.wait(Seconds{3});
  }
  CHECK(scene.machine.state() == State::holding);
  CHECK_FALSE(ordered(scene.take(), "b: promote"));
}

TEST_CASE("where its host boots, its redvip has the time to lead from when its Redis answers") {
  Orphaned scene;
  const auto booted = scene.redis[b];
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::unreachable, "no route to host"});
  scene.wait(for_long);
  scene.redis[b] = booted;
  scene.tell(event::RedisConnected{b});
  scene.wait(Seconds{3});
  CHECK_FALSE(ordered(scene.take(), "b: promote"));
  scene.wait(Seconds{3});
  CHECK(ordered(scene.take(), "b: promote"));
}

TEST_CASE("a live master's redvip has that time too before a replica of it takes over") {
  JournalEntry entry;
  entry.own = Dataset::of(master(900));
  entry.needed = Dataset::of(master(1000));  // which redis-b had
  ServiceScene scene{site(a), noted(std::nullopt, entry)};
  scene.redis[a] = link_down(replica_of(b, 900), Seconds{3600});
  scene.tell(event::Start{});
  scene.tell(event::RedisLost{b, Loss::unreachable, "no route to host"});
  scene.pass(for_long);
  scene.redis[a] = replica_of(b, 1000);
  scene.redis[b] = master(1000);
  scene.tell(event::RedisConnected{b});
  scene.pass(Seconds{3});
  CHECK(scene.machine.state() == State::holding);
  CHECK(contains(scene.machine.reason(), "waiting for its redvip to lead"));
  scene.pass(Seconds{2});
  CHECK(scene.machine.state() != State::holding);
}

TEST_CASE("a node that was never part of the service takes nobody's data") {
  Orphaned scene{std::nullopt};
  scene.wait(for_long);
  CHECK_FALSE(ordered(scene.take(), "b: promote"));
}

TEST_CASE("what may not lead, or has nothing to do with what is here, is not copied") {
  Orphaned scene;
  SECTION("replica-priority 0") {
    scene.redis[b]->replica_priority = 0;
  }
  SECTION("in the middle of a copy itself") {
    scene.redis[b]->sync_in_progress = true;
  }
  SECTION("another history") {
    scene.redis[a]->keys = 7;
  }
  SECTION("it replicates from somebody") {
    scene.redis[b] = replica_at("10.77.0.9", 6379, 1000);
    scene.redis[b]->link_up = true;
  }
  scene.wait(for_long);
  CHECK_FALSE(ordered(scene.take(), "b: promote"));
}

TEST_CASE("with a third node out of sight nobody knows who has all") {
  ServiceScene scene{site_of_three(a), served()};
  scene.redis[a] = restarted_empty();
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{2});
  SECTION("out of sight") {}
  SECTION("it has more") {
    scene.redis[c] = link_down(replica_of(a, 1100), Seconds{2});
  }
  scene.tell(event::Start{});
  for (int i = 0; i < 20; ++i) {
    scene.tell(event::PeerMissing{b});
    scene.pass(Seconds{1});
  }
  CHECK_FALSE(ordered(scene.take(), "b: promote"));
}

TEST_CASE("a copy of a master that has all is not called off for want of its redvip") {
  Orphaned scene;
  scene.redis[a] = link_down(replica_of(b, 900), Seconds{2});
  scene.redis[a]->sync_in_progress = true;
  scene.redis[b] = master(1000);
  SECTION("it has all") {
    scene.wait(for_long);
    CHECK_FALSE(ordered(scene.take(), "a: park" + kill_vip));
  }
  SECTION("not all") {
    scene.redis[b] = promoted(800, 1000);
    scene.wait(for_long);
    CHECK(ordered(scene.take(), "a: park" + kill_vip));
  }
}

}  // namespace
}  // namespace redvip

// holding while another node leads: what becomes of the local data before its Redis follows.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

Observation diverged_master() {
  auto redis = master(1049);
  redis.run_id = "first run";
  return redis;
}

TEST_CASE("a master that holds an older line is parked, looked at again, and follows the owner") {
  ServiceScene scene{site(a)};
  scene.redis[a] = master(1000);
  scene.redis[b] = promoted(1000, 1300);
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.pass(Millis{400});
  CHECK(scene.take() ==
        Script{"priority 250", "starting -> holding", "leave", "a: park" + kill_vip});
  scene.pass(Millis{500});
  CHECK(scene.take() == Script{});  // it is not parked yet
  scene.redis[a] = parked(1000);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"a: follow 10.77.0.2:6379" + kill_vip});
}

TEST_CASE("a Redis too old for CLIENT KILL LADDR is not sent one") {
  ServiceScene scene{site(a)};
  scene.redis[a] = master(1000);
  scene.redis[a]->version = "6.0.16";
  scene.redis[b] = promoted(1000, 1300);
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.pass(Millis{400});
  CHECK(scene.take().back() == "a: park");
}

// redis-a comes back with 49 bytes that redis-b, the owner by now, does not have.
ServiceScene& come_back_diverged(ServiceScene& scene) {
  scene.redis[a] = diverged_master();
  scene.redis[b] = promoted(1000, 1053);
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.pass(Millis{400});
  return scene;
}

// ... has been parked.
void come_back_and_park(ServiceScene& scene) {
  come_back_diverged(scene);
  CHECK(scene.take() ==
        Script{"priority 250", "starting -> holding", "leave", "a: park" + kill_vip});
  scene.redis[a] = parked(1049);
}

// ... and its own writes have been read.
void read_tail(ServiceScene& scene, std::optional<std::int64_t> commands) {
  come_back_and_park(scene);
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"read tail 1001..1049"});
  scene.pass(Millis{300});
  CHECK(scene.take() == Script{});
  scene.tell(event::TailRead{commands, "2 commands"});
}

TEST_CASE("diverged data is parked, read, saved and kept before its Redis follows") {
  ServiceScene scene{site(a)};
  read_tail(scene, 2);
  CHECK(scene.take() == Script{"a: save dataset"});
  scene.redis[a]->bgsave_in_progress = true;
  scene.done(a);
  scene.pass(Millis{500});
  CHECK(scene.take() == Script{});  // the snapshot is not finished
  scene.redis[a]->bgsave_in_progress = false;
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"keep dataset with its tail"});
  scene.pass(Millis{500});
  CHECK(scene.take() == Script{});  // the file is not copied yet
  scene.tell(event::DatasetKept{std::string{"/var/lib/redvip/diverged/cache"}});
  const auto& told = scene.transitions.back();
  CHECK(contains(told.cause, "49 bytes only here, 53 only there"));
  CHECK(contains(told.cause, "kept in /var/lib/redvip/diverged/cache: 2 commands"));
  CHECK(told.toll.diverged == 49);
  CHECK(told.toll.saved_in == "/var/lib/redvip/diverged/cache");
  CHECK(scene.take() ==
        Script{"warn", "holding -> holding", "a: follow 10.77.0.2:6379" + kill_vip});
}

TEST_CASE("bytes that are nothing but PINGs of Redis need no copy") {
  ServiceScene scene{site(a)};
  read_tail(scene, 0);
  CHECK(scene.take() == Script{"note", "a: follow 10.77.0.2:6379" + kill_vip});
}

TEST_CASE(
    "a node whose tail is being read, which ends with its Redis parked, does not lead before") {
  ServiceScene scene{site(a)};
  come_back_and_park(scene);
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"read tail 1001..1049"});
  scene.owner.reset();
  scene.redis[b] = parked(1000);  // it has yielded to what redis-a has more
  scene.tell(advert(b, 0));
  scene.pass(Millis{120});
  CHECK(scene.machine.state() == State::holding);
  scene.tell(event::SwitchoverAsked{"for all that"});
  CHECK(scene.machine.state() == State::holding);
  scene.tell(event::TailRead{2, "2 commands"});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a tail that was read while nobody leads counts when somebody leads again") {
  ServiceScene scene{site(a)};
  come_back_diverged(scene);
  scene.redis[a] = parked(1049);
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take().back() == "read tail 1001..1049");
  scene.owner.reset();
  scene.tell(advert(b, 0));
  scene.tell(event::TailRead{2, "2 commands"});
  scene.owner = advert(b, 251);
  scene.take();
  scene.pass(Millis{500});
  scene.done(a);
  scene.pass(Millis{500});
  CHECK(scene.take().back() == "keep dataset with its tail");
}

TEST_CASE("diverged data is saved even where its own writes cannot be read") {
  ServiceScene scene{site(a)};
  read_tail(scene, std::nullopt);
  CHECK(scene.take() == Script{"a: save dataset"});
}

TEST_CASE("data whose parting nobody knows is kept without the tail of an earlier divergence") {
  Journal journal;
  journal.last.own = journal.last.needed = {the_line, 1000, 100};
  ServiceScene scene{site(a), journal};
  scene.redis[a] = parked(1049);
  scene.redis[b] = promoted(1000, 1053);
  scene.redis[b]->replid2 = std::string(40, '4');
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.pass(Millis{500});
  CHECK(scene.take().back() == "a: save dataset");
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"keep dataset"});
}

TEST_CASE("diverged data that cannot be saved is not given up") {
  ServiceScene scene{site(a)};
  read_tail(scene, 2);
  scene.take();
  SECTION("because Redis refuses") {
    scene.done(a, Error{"ERR no space", ""});
  }
  SECTION("because the snapshot fails") {
    scene.redis[a]->last_bgsave_ok = false;
    scene.done(a);
    scene.pass(Millis{100});
  }
  SECTION("because the file cannot be copied") {
    scene.done(a);
    scene.pass(Millis{100});
    CHECK(scene.take() == Script{"keep dataset with its tail"});
    scene.tell(event::DatasetKept{failure("disk full")});
  }
  CHECK(scene.take() == Script{"warn"});
  CHECK(contains(scene.notes.back(), "could not save the diverged dataset"));
  scene.pass(Seconds{9});
  CHECK(scene.take() == Script{});
  scene.pass(Millis{1100});
  CHECK(scene.take() == Script{"a: save dataset"});
}

TEST_CASE(
    "with on_divergence = hold, a diverged Redis is parked, then left alone with the reason") {
  auto hold = site(a);
  hold.service.redis.on_divergence = OnDivergence::hold;
  ServiceScene scene{hold};
  come_back_and_park(scene);
  scene.pass(Seconds{5});
  CHECK(scene.take() == Script{});
  CHECK(contains(scene.machine.reason(), "49 bytes only here, 53 only there"));
}

TEST_CASE("with on_divergence = discard, a diverged Redis follows unsaved, and that is told") {
  auto discard = site(a);
  discard.service.redis.on_divergence = OnDivergence::discard;
  ServiceScene scene{discard};
  come_back_and_park(scene);
  scene.pass(Millis{100});
  CHECK(scene.take() ==
        Script{"warn", "holding -> holding", "a: follow 10.77.0.2:6379" + kill_vip});
  CHECK(contains(scene.notes.back(), "49 bytes only here"));
}

TEST_CASE("a fuller Redis does not follow an owner that restarted empty") {
  ServiceScene scene{site(b)};
  scene.redis[b] = parked(1000);
  scene.redis[a] = restarted_empty();
  scene.owner = advert(a, 250);
  scene.tell(event::Start{});
  scene.pass(Seconds{5});
  CHECK(scene.take() == Script{"priority 245", "starting -> holding", "leave"});
  CHECK(contains(scene.machine.reason(), "has data, unlike"));
}

// redis-c stands by, and the Redis of redis-a, the owner, dies.
void one_of_three_dies(ServiceScene& scene) {
  stand_by_of_three(scene);
  REQUIRE(scene.machine.state() == State::standby);
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.tell(advert(a, 0));
}

// ... and redis-b takes over.
void lead_instead(ServiceScene& scene, const Observation& promoted_b) {
  scene.redis[b] = promoted_b;
  scene.owner = advert(b, 251);
  scene.take();
  scene.pass(Millis{100});
}

TEST_CASE("a replica that changes masters reads its old link to the end first") {
  ServiceScene scene{site_of_three(c)};
  one_of_three_dies(scene);
  lead_instead(scene, promoted(1000, 1000));
  auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "measure link") >= 1);
  scene.tell(event::LinkMeasured{600U});
  CHECK(scene.take() == Script{});
  SECTION("once it is read") {
    scene.tell(event::LinkMeasured{0U});
    CHECK(scene.take() == Script{"c: follow 10.77.0.2:6379" + kill_vip});
  }
  SECTION("or after down_after: it hangs") {
    scene.pass(Millis{1100});
    script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "c: follow 10.77.0.2:6379" + kill_vip) == 1);
  }
}

TEST_CASE("what a replica has yet to read of its dead master is saved with the rest") {
  ServiceScene scene{site_of_three(c)};
  one_of_three_dies(scene);
  scene.redis[c] = replica_of(a, 1017);  // and it reads on
  lead_instead(scene, promoted(1000, 1053));
  CHECK(scene.take().back() == "measure link");
  scene.tell(event::LinkMeasured{600U});
  CHECK(scene.take() == Script{});
  scene.tell(event::LinkMeasured{0U});
  CHECK(scene.take() == Script{"read tail 1001..1017"});
}

TEST_CASE("a replica with more than the owner does not go back to its old master either") {
  ServiceScene scene{site_of_three(c)};
  scene.redis[b] = promoted(1000, 1000);
  scene.redis[c] = link_down(replica_of(a, 1017), Seconds{2});
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{650});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "c: park" + kill_vip) == 1);
  CHECK(contains(scene.machine.reason(), "17 bytes ahead"));
}

TEST_CASE("what is told of a tail while the node listens after a stall is not forgotten") {
  ServiceScene scene{site(a)};
  come_back_diverged(scene);
  scene.redis[a] = parked(1049);
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take().back() == "read tail 1001..1049");
  const bool stalled = GENERATE(true, false);
  scene.tell(stalled ? Event{event::Stalled{Millis{400}}} : Event{event::PauseAsked{}});
  scene.take();
  scene.tell(event::TailRead{2, "2 commands"});
  CHECK(scene.take() == Script{});
  scene.tell(stalled ? Event{event::Settled{}} : Event{event::ResumeAsked{}});
  scene.pass(Millis{300});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "a: save dataset") == 1);
}

}  // namespace
}  // namespace redvip

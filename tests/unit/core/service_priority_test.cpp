// The priority a node competes with: its own, what weights make of it, and the incumbent's
// advantage.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

Track interface_track(const std::string& name, int weight) {
  return {name, InterfaceTrack{name}, weight, 1, 1};
}

TEST_CASE("a weight on Redis moves the priority while nobody else could take over") {
  const auto weight = GENERATE(10, -20);
  auto weighted = site(a);
  weighted.service.priorities[a] = Priority::of(200);
  weighted.service.redis.weight = weight;
  ServiceScene scene{weighted};
  serve(scene);
  CHECK(scene.machine.priority() == Priority::of(weight > 0 ? 210 : 200));
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  redis_dies(scene);
  CHECK(scene.take() == Script{weight > 0 ? "priority 200" : "priority 180"});
  CHECK(scene.machine.state() == State::serving);
}

TEST_CASE("a weight on Redis never keeps the address on a dead one while a fit one is there") {
  auto weighted = site(a);
  weighted.service.redis.weight = -1;
  ServiceScene scene{weighted};
  serve(scene);
  redis_dies(scene);
  CHECK(scene.machine.state() == State::fault);
}

TEST_CASE("a tracked interface moves the priority, within 1 and 254") {
  auto tracked = site(a);
  const auto weight = GENERATE(-30, -253, 10);
  tracked.service.tracks = {interface_track("eth1", weight)};
  ServiceScene scene{tracked};
  scene.redis[a] = master(1000);
  scene.tell(event::Start{});
  CHECK(scene.machine.priority() == Priority::of(weight > 0 ? 254 : 250));
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.machine.priority() == Priority::of(weight == -30 ? 220 : weight < 0 ? 1 : 250));
  scene.tell(event::InterfaceChanged{"eth1", true});
  CHECK(scene.machine.priority() == Priority::of(weight > 0 ? 254 : 250));
}

TEST_CASE("a standby takes over from an owner that a tracked failure put below it") {
  auto tracked = site(b);
  const auto weight = GENERATE(-30, 4);
  tracked.service.tracks = {interface_track("eth1", weight)};
  tracked.service.priorities[a] = Priority::of(248);
  ServiceScene scene{tracked};
  stand_by(scene, b, 250);
  scene.owner->priority = Priority::of(weight > 0 ? 248 : 218);
  scene.pass(Millis{500});
  CHECK(scene.machine.state() == State::promoting);
}

TEST_CASE("it does not when the same failure put it below the owner, or when nothing failed") {
  auto tracked = site(b);
  tracked.service.tracks = {interface_track("eth1", -30)};
  ServiceScene scene{tracked};
  stand_by(scene, b, 250);
  scene.owner->priority = Priority::of(220);
  scene.tell(event::InterfaceChanged{"eth1", false});
  scene.pass(Seconds{2});
  CHECK(scene.machine.state() == State::standby);

  ServiceScene well{site(b)};
  stand_by(well, b, 250);
  well.pass(Seconds{2});
  CHECK(well.machine.state() == State::standby);
}

TEST_CASE("a tracked interface without a weight is a fault") {
  auto tracked = site(a);
  tracked.service.tracks = {interface_track("eth1", 0)};
  ServiceScene scene{tracked};
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.machine.state() == State::fault);
  CHECK(scene.machine.reason() == "interface eth1 is down");
}

TEST_CASE("a check that has not answered yet counts as failed") {
  auto tracked = site(a);
  tracked.service.tracks = {{"gateway", PingTrack{IpAddress{0x0A4D00FE}}, 0, 1, 1}};
  ServiceScene scene{tracked};
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Seconds{3});
  CHECK(scene.machine.state() == State::fault);
  CHECK(scene.machine.reason() == "gateway: not known yet");
  scene.tell(event::TrackChanged{0, true, {}});
  scene.pass(Millis{200});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("an owner whose check fails hands over while its Redis is well") {
  auto tracked = site(a);
  tracked.service.tracks = {{"gateway", PingTrack{IpAddress{0x0A4D00FE}}, 0, 1, 1}};
  ServiceScene scene{tracked};
  scene.tell(event::TrackChanged{0, true, {}});
  serve(scene);
  scene.tell(event::TrackChanged{0, false, "no answer"});
  CHECK(scene.machine.state() == State::handing_over);
  CHECK(scene.machine.reason() == "gateway: no answer: handing over to redis-b");
}

TEST_CASE("and lets go at once when nobody could take over") {
  auto tracked = site(a);
  tracked.service.tracks = {{"gateway", PingTrack{IpAddress{0x0A4D00FE}}, 0, 1, 1}};
  ServiceScene scene{tracked};
  scene.tell(event::TrackChanged{0, true, {}});
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::TrackChanged{0, false, "no answer"});
  CHECK(scene.machine.state() == State::fault);
}

TEST_CASE("another service of the group that failed moves this one only to a node that takes it") {
  ServiceScene scene{site(a)};
  serve(scene);
  SECTION("a standby is there") {
    scene.tell(event::GroupChanged{"sessions"});
    CHECK(scene.machine.state() == State::handing_over);
  }
  SECTION("nobody is there") {
    scene.redis[b].reset();
    scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
    scene.tell(event::GroupChanged{"sessions"});
    CHECK(scene.machine.state() == State::serving);
  }
}

TEST_CASE("the address owner of VRRP takes the service back, and no weight lowers it") {
  auto owned = site(b);
  owned.service.priorities[b] = Priority::of(255);
  owned.service.tracks = {interface_track("eth1", -30)};
  ServiceScene scene{owned};
  stand_by(scene, b, 250);
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.machine.priority() == Priority::of(255));
  scene.pass(Millis{600});
  CHECK(scene.machine.state() == State::promoting);
}

// redis-b has taken over from a dead redis-a, whose priority was `heard`.
void take_over(ServiceScene& scene, int heard) {
  stand_by(scene, b, heard);
  scene.owner.reset();
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{350});
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.tell(event::Led{});
  scene.pass(Millis{1});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.tell(event::VipsAdded{std::nullopt});
  scene.take();
}

TEST_CASE("the incumbent's advantage is one above the last heard, until all others follow") {
  ServiceScene scene{site(b)};
  take_over(scene, 250);
  CHECK(scene.machine.priority() == Priority::of(251));
  scene.pass(Seconds{3});
  CHECK(scene.machine.priority() == Priority::of(251));  // redis-a is still away
  scene.redis[a] = replica_of(b, 1000);
  scene.redis[a]->link_up = false;
  scene.tell(event::RedisConnected{a});
  scene.pass(Millis{200});
  CHECK(scene.machine.priority() == Priority::of(251));  // it only begins to follow
  scene.redis[a]->link_up = true;
  scene.take();
  scene.pass(Millis{200});
  CHECK(without_refresh(scene.take()).front() == "priority 245");
}

TEST_CASE("the incumbent's advantage does not go beyond 254, nor below the node's own priority") {
  const auto [heard, advantage] = GENERATE(std::pair{254, 254}, std::pair{100, 245});
  ServiceScene scene{site(b)};
  take_over(scene, heard);
  CHECK(scene.machine.priority() == Priority::of(advantage));
}

}  // namespace
}  // namespace redvip

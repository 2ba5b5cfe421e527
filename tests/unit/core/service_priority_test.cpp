// The priority a node competes with: its own, what weights make of it, and the incumbent's
// advantage.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

Script without_refresh(Script script) {
  std::erase(script, "refresh VIPs");
  return script;
}

void redis_dies(ServiceScene& scene) {
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
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
  tracked.service.tracks = {{"eth1", weight}};
  ServiceScene scene{tracked};
  scene.redis[a] = master(1000);
  scene.tell(event::Start{});
  CHECK(scene.machine.priority() == Priority::of(weight > 0 ? 254 : 250));
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.machine.priority() == Priority::of(weight == -30 ? 220 : weight < 0 ? 1 : 250));
  scene.tell(event::InterfaceChanged{"eth1", true});
  CHECK(scene.machine.priority() == Priority::of(weight > 0 ? 254 : 250));
}

TEST_CASE("an owner whose tracked interface falls below its standby hands over") {
  auto tracked = site(a);
  tracked.service.tracks = {{"eth1", -30}};
  ServiceScene scene{tracked};
  serve(scene);
  scene.tell(event::InterfaceChanged{"eth1", false});
  scene.pass(Millis{100});
  CHECK(without_refresh(scene.take()) ==
        Script{"priority 220", "serving -> handing_over", "a: pause writes 2000 ms"});
}

TEST_CASE("a tracked interface without a weight is a fault") {
  auto tracked = site(a);
  tracked.service.tracks = {{"eth1", 0}};
  ServiceScene scene{tracked};
  serve(scene);
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.machine.state() == State::fault);
  CHECK(scene.machine.reason() == "interface eth1 is down");
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

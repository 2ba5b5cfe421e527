// What kind of thing made each transition: it is counted by that, so it must be the right one.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

std::string last(const ServiceScene& scene) {
  const auto& transition = scene.transitions.back();
  return std::string{name(transition.from)} + " -> " + name(transition.to) + ": " +
         name(transition.motive);
}

void the_owner_dies(ServiceScene& scene) {
  scene.owner.reset();
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{350});
  scene.tell(event::Led{});
}

// The link is read to its end, b is promoted and gets the address.
void finish_takeover(ServiceScene& scene) {
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.pass(Millis{1});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  scene.pass(Millis{1});
  scene.tell(event::VipsAdded{std::nullopt});
}

TEST_CASE("the first owner of all starts; nothing has failed") {
  ServiceScene scene{site(a)};
  serve(scene);
  CHECK(last(scene) == "promoting -> serving: start");
}

TEST_CASE("to take over from an owner that is silent is a failover, from first to last") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  CHECK(last(scene) == "starting -> standby: start");
  the_owner_dies(scene);
  CHECK(last(scene) == "standby -> promoting: failover");
  finish_takeover(scene);
  CHECK(last(scene) == "promoting -> serving: failover");
}

TEST_CASE("a take-over that an operator asked for is a switchover") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::SwitchoverAsked{});
  CHECK(last(scene) == "standby -> promoting: switchover");
  scene.done(a);
  scene.pass(Millis{2});
  SECTION("which is finished") {
    scene.redis[b] = promoted(1000, 1000);
    scene.done(b);
    scene.pass(Millis{1});
    scene.tell(event::VipsAdded{std::nullopt});
    CHECK(last(scene) == "promoting -> serving: switchover");
  }
  SECTION("or abandoned") {
    scene.done(b, Error{"ERR no", ""});
    CHECK(last(scene) == "promoting -> holding: abandoned");
  }
}

TEST_CASE("a switchover whose owner dies before its writes are frozen has become a failover") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::SwitchoverAsked{});
  the_owner_dies(scene);
  finish_takeover(scene);
  CHECK(last(scene) == "promoting -> serving: failover");
}

TEST_CASE("a preferred node preempts; one that an impaired owner must give way to fails over") {
  auto where = site(a);
  where.service.preempt = true;
  ServiceScene scene{where};
  stand_by(scene, a, 245);
  scene.pass(Millis{500});
  CHECK(last(scene) == "standby -> promoting: preemption");

  auto weighted = site(a);
  weighted.service.redis.weight = -20;
  ServiceScene impaired{weighted};
  stand_by(impaired, a, 225);
  impaired.pass(Millis{500});
  CHECK(last(impaired) == "standby -> promoting: failover");
}

TEST_CASE("an owner whose priority no weight explains is configured so, and keeps the service") {
  const int weight = GENERATE(0, -20);
  auto where = site(a);
  where.service.redis.weight = weight;
  ServiceScene scene{where};
  stand_by(scene, a, 100);
  scene.pass(Millis{500});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a forced take-over is called that") {
  ServiceScene scene{site(a)};
  scene.redis[a] = link_down(replica_of(b, 1000), Seconds{60});
  scene.tell(event::Start{});
  scene.pass(Seconds{2});
  REQUIRE(scene.machine.state() == State::holding);
  scene.tell(event::SwitchoverAsked{"redis-b is gone"});
  CHECK(last(scene) == "holding -> promoting: forced");
}

TEST_CASE("an owner that hands over says for whose sake, to the end") {
  ServiceScene scene{site(a)};
  serve(scene);
  const auto [asked, motive] = GENERATE(std::pair{Event{event::SwitchoverAsked{}}, "switchover"},
                                        std::pair{Event{event::TerminateAsked{}}, "stopping"},
                                        std::pair{Event{event::GroupChanged{"queue"}}, "fault"});
  scene.tell(asked);
  CHECK(last(scene) == std::string{"serving -> handing_over: "} + motive);
  scene.done(a);
  scene.pass(Millis{2});
  scene.redis[b] = promoted(1000, 1000);
  scene.tell(advert(b, 251));
  scene.tell(event::AddressClaimed{});
  const auto ended = std::ranges::find(scene.transitions, State::handing_over, &Transition::from);
  REQUIRE(ended != scene.transitions.end());
  CHECK(ended->to == State::holding);
  CHECK(name(ended->motive) == std::string{motive});
}

TEST_CASE("a hand-over that nobody takes is taken back, and one that cannot begin is refused") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::SwitchoverAsked{});
  scene.done(a);
  scene.pass(Seconds{1});
  CHECK(last(scene) == "handing_over -> serving: taken_back");
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::SwitchoverAsked{});
  CHECK(last(scene) == "serving -> serving: refused");
}

TEST_CASE("an owner whose Redis dies has a fault, and recovers from it") {
  ServiceScene scene{site(a)};
  serve(scene);
  redis_dies(scene);
  CHECK(last(scene) == "serving -> fault: fault");
  scene.redis[a] = replica_of(b, 1000);
  scene.redis[b] = master(1000);
  scene.tell(event::RedisConnected{a});
  scene.pass(Millis{200});
  CHECK(last(scene) == "fault -> standby: recovery");
}

TEST_CASE("an owner that another one outbids is displaced, which is no fault") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(advert(b, 251));
  scene.tell(event::Followed{advert(b, 251)});
  CHECK(last(scene) == "serving -> holding: displaced");
}

TEST_CASE("a standby whose Redis may not lead is unfit, then ready again") {
  ServiceScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.redis[b]->replica_priority = 0;
  scene.pass(Millis{200});
  CHECK(last(scene) == "standby -> holding: unfit");
  scene.redis[b]->replica_priority = 100;
  scene.pass(Seconds{2});
  CHECK(last(scene) == "holding -> standby: ready");
}

TEST_CASE("writes that are discarded are recorded as a divergence") {
  auto where = site(a);
  where.service.redis.on_divergence = OnDivergence::discard;
  ServiceScene scene{where};
  scene.redis[a] = parked(1500);
  scene.redis[b] = promoted(1000, 1200);
  scene.owner = advert(b, 251);
  scene.tell(event::Start{});
  scene.pass(Seconds{1});
  const auto found = std::ranges::find(scene.transitions, Motive::diverged, &Transition::motive);
  REQUIRE(found != scene.transitions.end());
  CHECK(found->toll.diverged == 500);
}

}  // namespace
}  // namespace redvip

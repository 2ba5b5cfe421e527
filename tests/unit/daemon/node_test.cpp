// The service machine and the RFC 9568 election together: what goes out on the wire, and when.
#include "daemon/node.hpp"

#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip::daemon {
namespace {

using namespace scene;

using NodeScene = Scene<Node>;

Script without(Script script, const std::string& word) {
  std::erase(script, word);
  return script;
}

// redis-a owns the service: its two Redis are in order, and nobody else advertised.
void serve(NodeScene& scene) {
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Millis{750});  // four intervals of listening, then Active_Down_Interval
  scene.done(a);            // unpaused
  scene.tell(event::VipsAdded{std::nullopt});
  scene.take();
}

bool has_advert(const Script& script) {
  return std::any_of(script.begin(), script.end(),
                     [](const auto& word) { return contains(word, "advert"); });
}

TEST_CASE("a starting node sends nothing, and leads only when its Active_Down_Timer has expired") {
  NodeScene scene{site(a)};
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  scene.pass(Millis{400});
  CHECK(scene.take() == Script{"starting -> standby"});
  // Active_Down_Interval of priority 250 at 100 ms: 300 ms and 6/256 of 100 ms.
  scene.pass(Micros{302342});
  CHECK(scene.take() == Script{});
  scene.pass(Micros{1});
  CHECK(scene.take() ==
        Script{"advert 250", "standby -> promoting", "a: unpause writes", "add VIPs"});
}

TEST_CASE("a standby takes over when the owner falls silent, advertising at once") {
  NodeScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.owner.reset();
  scene.redis[b] = link_down(replica_of(a, 1000), Seconds{0});
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  scene.pass(Millis{300});
  CHECK(scene.take() == Script{"advert 245", "standby -> promoting", "b: promote"});
  scene.redis[b] = promoted(1000, 1000);
  scene.done(b);
  CHECK(scene.take() == Script{"b: unpause writes", "add VIPs"});
  scene.tell(event::VipsAdded{std::nullopt});
  CHECK(scene.take() == Script{"announce", "promoting -> serving", "advert 251"});
}

TEST_CASE("the first in line leads as soon as it hears priority 0") {
  NodeScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.owner.reset();
  scene.tell(advert(a, 0));
  CHECK(scene.take().at(0) == "advert 245");
}

TEST_CASE("a standby that hears priority 0 waits for its skew where that may be for somebody") {
  auto site_here = site(b);
  SECTION("another node comes before it, which advertises nothing yet") {
    constexpr NodeIndex c = 2;
    site_here.service.nodes = {a, c, b};
    site_here.service.priorities = {Priority::of(250), Priority::of(248), Priority::of(245)};
    site_here.nodes.push_back({"redis-c", IpAddress{0x0A4D0003}});
  }
  SECTION("routers that are no nodes take part") {
    site_here.service.any_source = true;
  }
  SECTION("strict") {
    site_here.service.strict = true;
  }
  NodeScene scene{site_here};
  scene.redis[2] = replica_of(a, 1000);
  stand_by(scene, b, 250);
  scene.owner.reset();
  scene.tell(advert(a, 0));
  scene.pass(Micros{4295});  // 11/256 of 100 ms
  CHECK(scene.take() == Script{});
  scene.pass(Micros{1});
  CHECK(scene.take().at(0) == "advert 245");
}

TEST_CASE("a hand-over sends priority 0 while the address is still here") {
  NodeScene scene{site(a)};
  serve(scene);
  scene.tell(event::SwitchoverAsked{});
  scene.done(a);
  scene.pass(Millis{2});
  CHECK(without(scene.take(), "advert 250") ==
        Script{"serving -> handing_over", "find clients", "a: pause writes 2005 ms", "advert 0"});
  CHECK_FALSE(scene.machine.advertising());
  scene.redis[b] = promoted(1000, 1000);
  scene.pass(Millis{5});
  scene.tell(advert(b, 251));
  scene.tell(event::AddressClaimed{});
  CHECK(scene.take() == Script{"reset clients", "remove VIPs", "handing_over -> holding",
                               "a: park, kill clients of 10.77.0.100:6379"});
}

TEST_CASE("an owner that hears a higher advert yields and says nothing more") {
  NodeScene scene{site(a)};
  serve(scene);
  scene.redis[b] = promoted(1000, 1300);
  scene.owner = advert(b, 251);
  scene.tell(*scene.owner);
  CHECK(scene.take() == Script{"reset clients", "remove VIPs", "serving -> holding",
                               "a: park, kill clients of 10.77.0.100:6379"});
  scene.pass(Seconds{1});
  const auto script = scene.take();
  CHECK_FALSE(has_advert(script));
}

TEST_CASE("an owner answers a lower advert at once, but not a storm of them") {
  NodeScene scene{site(a)};
  serve(scene);
  scene.tell(advert(b, 245));
  CHECK(scene.take() == Script{"advert 250"});
  for (int i = 0; i < 20; ++i) scene.tell(advert(b, 245));
  CHECK(scene.take() == Script{});
  scene.pass(Millis{5});
  scene.take();
  scene.tell(advert(b, 245));
  CHECK(scene.take() == Script{"advert 250"});
}

TEST_CASE("an owner whose Redis died sends priority 0 in the same turn") {
  NodeScene scene{site(a)};
  serve(scene);
  scene.redis[a].reset();
  scene.tell(event::RedisLost{a, Loss::refused, "connection refused"});
  CHECK(scene.take() == Script{"advert 0", "serving -> fault"});
}

TEST_CASE("an expiry that was queued before its timer was armed anew is ignored") {
  NodeScene scene{site(a)};
  serve(scene);
  const auto stale = scene.armed(Timer::adver).generation;
  scene.pass(Millis{100});
  REQUIRE(scene.armed(Timer::adver).generation != stale);
  scene.take();
  scene.tell(event::TimerFired{Timer::adver, stale});
  CHECK(scene.take() == Script{});
  scene.tell(event::TimerFired{Timer::adver, scene.armed(Timer::adver).generation});
  CHECK(scene.take() == Script{"advert 250"});
}

TEST_CASE("an expiry of a timer that was disarmed is ignored") {
  NodeScene scene{site(a)};
  serve(scene);
  const auto generation = scene.armed(Timer::adver).generation;
  scene.tell(advert(b, 251));
  scene.take();
  scene.tell(event::TimerFired{Timer::adver, generation});
  CHECK(scene.take() == Script{});
}

// The process of redis-a was stopped for three seconds.
void stall(NodeScene& scene) {
  scene.take();
  scene.now += Seconds{3};
}

TEST_CASE("after a stall an owner is silent until it has listened, then goes on if nobody leads") {
  NodeScene scene{site(a)};
  serve(scene);
  stall(scene);
  scene.pass(Millis{199});
  CHECK_FALSE(has_advert(scene.take()));
  CHECK_FALSE(scene.machine.advertising());
  scene.pass(Millis{1});
  const auto settled = scene.take();
  CHECK(std::count(settled.begin(), settled.end(), "advert 250") == 1);
  CHECK(scene.machine.advertising());
  CHECK(scene.machine.service().state() == State::serving);
}

TEST_CASE(
    "a second stall, before the listening after the first is over, is listened after as well") {
  NodeScene scene{site(a)};
  serve(scene);
  stall(scene);
  scene.pass(Millis{50});
  stall(scene);
  scene.pass(Millis{199});
  CHECK_FALSE(has_advert(scene.take()));
  CHECK_FALSE(scene.machine.advertising());
  scene.pass(Millis{1});
  CHECK(scene.machine.advertising());
}

TEST_CASE("after a stall an owner that hears its successor yields without one advert") {
  NodeScene scene{site(a)};
  serve(scene);
  scene.redis[a] = parked(1000);  // the successor did that
  scene.redis[b] = promoted(1000, 1300);
  stall(scene);
  scene.tell(advert(b, 251));
  scene.owner = advert(b, 251);
  scene.pass(Millis{500});
  const auto script = scene.take();
  CHECK_FALSE(has_advert(script));
  CHECK(std::count(script.begin(), script.end(), "remove VIPs") == 1);
  CHECK(std::count(script.begin(), script.end(),
                   "a: follow 10.77.0.2:6379, kill clients of 10.77.0.100:6379") == 1);
}

// An owner's machine of whose advertisement the process was stopped before it was sent.
struct Interrupted {
  Node node{site(a), std::nullopt};
  Instant now{Seconds{1000}};

  bool lapses(const Action& action, Micros after) { return node.lapsed(now + after, action); }
};

TEST_CASE("what was decided before a stall lapses if it takes the service or draws clients") {
  Interrupted scene;
  (void)scene.node.handle(scene.now, event::Start{});
  const Action advert = action::SendAdvert{Priority::of(250)};
  CHECK_FALSE(scene.lapses(advert, Millis{300}));
  CHECK(scene.lapses(advert, Seconds{8}));
  CHECK(scene.lapses(action::AddVips{}, Seconds{8}));
  CHECK(scene.lapses(action::RefreshVips{}, Seconds{8}));
  CHECK(scene.lapses(action::Announce{}, Seconds{8}));
  CHECK(scene.lapses(action::Send{a, command::Promote{}}, Seconds{8}));
  CHECK(scene.lapses(action::Send{b, command::Park{}}, Seconds{8}));
}

TEST_CASE("what was decided before a stall is done if it gives something up or only tells") {
  Interrupted scene;
  (void)scene.node.handle(scene.now, event::Start{});
  CHECK_FALSE(scene.lapses(action::SendAdvert{Priority::of(0)}, Seconds{8}));
  CHECK_FALSE(scene.lapses(action::RemoveVips{}, Seconds{8}));
  CHECK_FALSE(scene.lapses(action::ResetClients{}, Seconds{8}));
  CHECK_FALSE(scene.lapses(action::Send{a, command::UnpauseWrites{}}, Seconds{8}));
  CHECK_FALSE(scene.lapses(action::Send{a, command::Park{}}, Seconds{8}));
  CHECK_FALSE(scene.lapses(action::Arm{Timer::tick, Millis{100}, 1}, Seconds{8}));
}

TEST_CASE("an action that lapses is a stall, even where no timer was due meanwhile") {
  NodeScene scene{site(a)};
  serve(scene);
  CHECK(scene.machine.lapsed(scene.now + Seconds{8}, action::Announce{}));
  REQUIRE(scene.machine.advertising());
  scene.tell(event::LinkMeasured{0});
  CHECK_FALSE(scene.machine.advertising());
  scene.pass(Millis{200});
  CHECK(scene.machine.advertising());
}

TEST_CASE("a loop that is late by less than an active-down interval goes on as before") {
  NodeScene scene{site(a)};
  serve(scene);
  const auto due = scene.armed(Timer::adver).due;
  REQUIRE(due);
  scene.now = *due + Millis{250};
  scene.pass(Micros{0});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "advert 250") >= 1);
}

TEST_CASE("an Active_Down_Timer that fires late is believed one interval later, once") {
  NodeScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.owner.reset();
  const auto late = GENERATE(Millis{10}, Millis{11});
  scene.now = *scene.armed(Timer::active_down).due + late;
  scene.pass(Micros{0});
  CHECK(scene.machine.advertising() == (late == Millis{10}));
  SECTION("not where the owner is heard by then") {
    if (scene.machine.advertising()) return;
    scene.tell(advert(a, 250));
    scene.pass(Millis{290});
    CHECK_FALSE(scene.machine.advertising());
  }
  SECTION("however late it fires again") {
    scene.now += Millis{150};
    scene.pass(Micros{0});
    CHECK(scene.machine.advertising());
  }
}

TEST_CASE("a paused standby lets the Active_Down_Timer run out without leading") {
  NodeScene scene{site(b)};
  stand_by(scene, b, 250);
  scene.tell(event::PauseAsked{});
  scene.take();
  scene.owner.reset();
  scene.pass(Seconds{5});
  CHECK(without(scene.take(), "reconnect a") == Script{});
  CHECK_FALSE(scene.machine.advertising());
}

}  // namespace
}  // namespace redvip::daemon

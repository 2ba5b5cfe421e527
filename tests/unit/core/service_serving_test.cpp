// serving: every reason to stop being the owner, and what is done to stay one.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

TEST_CASE("a dead Redis ends the ownership at once; the address waits for its successor") {
  ServiceScene scene{site(a)};
  serve(scene);
  redis_dies(scene);
  CHECK(scene.take() == Script{"leave", "serving -> fault", "leave"});
  SECTION("until the successor announces it") {
    scene.pass(Millis{20});
    CHECK(scene.take() == Script{"refuse clients"});
    scene.tell(event::AddressClaimed{});
  }
  SECTION("for two probe intervals at most") {
    scene.pass(Millis{199});
    CHECK(scene.take() == Script{"refuse clients"});
    scene.pass(Millis{1});
  }
  CHECK(scene.take() == Script{"reset clients", "remove VIPs"});
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"admit clients"});
}

TEST_CASE("a lingering address refuses its clients before a Redis can be there again") {
  ServiceScene scene{site(a)};
  serve(scene);
  redis_dies(scene);
  scene.take();
  SECTION("at the time at which the fastest could be") {
    scene.pass(Millis{4});
    CHECK(scene.take() == Script{});
    scene.pass(Millis{1});
    CHECK(scene.take() == Script{"refuse clients"});
  }
  SECTION("at once when one is") {
    scene.redis[a] = restarted_empty();
    scene.tell(event::RedisConnected{a});
    CHECK(scene.take().front() == "refuse clients");
  }
  SECTION("and not at all where the successor has it by then") {
    scene.pass(Millis{4});
    scene.tell(event::AddressClaimed{});
    scene.pass(Millis{200});
    CHECK(scene.take() == Script{"reset clients", "remove VIPs"});
  }
}

TEST_CASE("a Redis that hangs ends the ownership after down_after") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a].reset();
  scene.pass(Millis{850});
  CHECK(scene.machine.state() == State::serving);
  scene.pass(Millis{200});
  CHECK(scene.machine.state() == State::fault);
  CHECK(contains(scene.machine.reason(), "Redis has not answered for"));
}

TEST_CASE("a connection that was only closed ends nothing") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::RedisLost{a, Loss::closed, "closed"});
  scene.tell(event::RedisConnected{a});
  CHECK(scene.take() == Script{});
  CHECK(scene.machine.state() == State::serving);
}

TEST_CASE("an interface that goes down ends everything in one turn") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::InterfaceChanged{"eth0", false});
  CHECK(scene.take() ==
        Script{"leave", "reset clients", "remove VIPs", "serving -> fault", "leave"});
  CHECK(scene.machine.reason() == "interface eth0 is down");
}

TEST_CASE("a Redis with a new run_id is parked before anything else") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a] = restarted_empty();
  scene.tell(event::RedisConnected{a});
  CHECK(scene.take() == Script{"a: park" + kill_vip + ", kill replicas", "leave", "refuse clients",
                               "reset clients", "serving -> holding", "leave"});
  CHECK(scene.transitions.back().cause == "Redis was restarted");
}

TEST_CASE("a Redis that somebody else demoted ends the ownership") {
  ServiceScene scene{site(a)};
  serve(scene);
  const auto before = scene.transitions.size();
  scene.redis[a] = replica_at("10.9.9.9", 6379, 1000);
  scene.pass(Millis{100});
  auto script = without_refresh(scene.take());
  script.resize(5);
  CHECK(script == Script{"warn", "leave", "refuse clients", "reset clients", "serving -> holding"});
  CHECK(scene.notes.front() == "someone else made the local Redis a replica of 10.9.9.9:6379");
  CHECK(contains(scene.transitions[before].cause, "replica of 10.9.9.9 by someone else"));
}

TEST_CASE("a higher advert: reset, remove, park, and then the Redis follows the winner") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b] = promoted(1000, 1300);
  scene.owner = advert(b, 251);
  scene.tell(event::Followed{*scene.owner});
  CHECK(scene.take() == Script{"leave", "reset clients", "remove VIPs", "serving -> holding",
                               "leave", "a: park" + kill_vip});
  CHECK(scene.transitions.back().cause == "redis-b leads with priority 251");
  CHECK(scene.transitions.back().peer == b);
  scene.redis[a] = parked(1000);
  scene.done(a);
  scene.pass(Millis{100});
  CHECK(scene.take() == Script{"a: follow 10.77.0.2:6379" + kill_vip});
}

TEST_CASE("an address that is gone is put back without a change of role") {
  ServiceScene scene{site(a)};
  serve(scene);
  const auto before = scene.transitions.size();
  scene.tell(event::VipsMissing{});
  CHECK(scene.take() == Script{"warn", "add VIPs", "announce"});
  scene.tell(event::VipsAdded{std::nullopt});
  CHECK(scene.take() == Script{});
  CHECK(scene.transitions.size() == before);
}

TEST_CASE("an address that cannot be put back ends the ownership") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::VipsMissing{});
  scene.take();
  scene.tell(event::VipsAdded{Error{"Operation not permitted", ""}});
  CHECK(scene.take() ==
        Script{"leave", "reset clients", "remove VIPs", "serving -> holding", "leave"});
  CHECK(contains(scene.transitions.back().cause, "cannot be kept: Operation not permitted"));
  scene.pass(Millis{900});
  CHECK(scene.machine.state() == State::holding);  // another node has the time to lead
}

TEST_CASE("the address's lifetime is renewed four times a second") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Seconds{2});
  auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "refresh VIPs") == 8);
}

TEST_CASE("a lower advert is answered with an announcement, soon") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Seconds{2});  // past the second burst of its own
  scene.take();
  scene.tell(advert(b, 245));
  scene.pass(Millis{60});
  CHECK(without_refresh(scene.take()) == Script{"announce"});
}

TEST_CASE("an announcement that falls due while a stalled node listens comes afterwards") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Seconds{2});
  scene.tell(advert(b, 245));
  scene.tell(event::Stalled{Millis{500}});
  scene.take();
  scene.pass(Millis{60});
  CHECK(without_refresh(scene.take()) == Script{});
  scene.tell(event::Settled{});
  scene.pass(Millis{250});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "announce") == 1);
}

TEST_CASE("what could be a healed partition lets the other side's advert come first") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Seconds{2});
  scene.take();
  const bool seen_by_arp = GENERATE(true, false);
  if (seen_by_arp) {
    scene.tell(event::AddressClaimed{});
  } else {
    scene.tell(event::RedisConnected{b});
  }
  scene.pass(Millis{110});
  CHECK(without_refresh(scene.take()) == Script{});
  scene.pass(Millis{50});  // it does not come: the neighbours are told whose the address is
  CHECK(without_refresh(scene.take()) == Script{"announce"});
}

TEST_CASE("a cut that was too short to break a connection may have been a partition as well") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Seconds{7});
  scene.redis[b].reset();
  scene.pass(Millis{400});
  scene.take();
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::RedisObserved{b, replica_of(a, 1000)});
  scene.pass(Millis{140});
  CHECK(without_refresh(scene.take()) == Script{});
  scene.pass(Millis{20});
  CHECK(without_refresh(scene.take()) == Script{"announce"});
}

TEST_CASE("an owner that yields twice within a second is parked at once both times") {
  ServiceScene scene{site(a)};
  serve(scene);
  for (int time = 0; time < 2; ++time) {
    scene.tell(event::Followed{advert(b, 251)});
    scene.pass(Millis{100});
    const auto script = scene.take();
    CHECK(std::count(script.begin(), script.end(), "a: park" + kill_vip) == 1);
    scene.done(a);
    scene.tell(advert(b, 0));
    scene.pass(Millis{100});
    scene.tell(event::Led{});
    scene.pass(Millis{50});
    scene.done(a);
    scene.done(a);  // unpaused
    scene.tell(event::VipsAdded{std::nullopt});
    scene.take();
    REQUIRE(scene.machine.state() == State::serving);
  }
}

TEST_CASE("a repeated announcement asks first whether anybody else has the address") {
  ServiceScene scene{site(a)};
  serve(scene);
  const int asked = scene.probes;
  while (scene.probes == asked) scene.pass(Millis{1});
  scene.take();
  SECTION("nobody has") {
    scene.pass(Millis{20});
    CHECK(without_refresh(scene.take()) == Script{"announce"});
  }
  SECTION("somebody has: his advert comes first") {
    scene.tell(event::AddressClaimed{});
    scene.pass(Millis{110});
    CHECK(without_refresh(scene.take()) == Script{});
  }
}

TEST_CASE("cut off perhaps, an owner neither asks nor announces until it sees a peer again") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();  // silent, as behind a cut
  const int asked = scene.probes;
  scene.pass(Seconds{2});
  CHECK(scene.probes == asked);
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "announce") == 0);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::RedisConnected{b});
  scene.pass(Millis{160});
  CHECK(without_refresh(scene.take()) == Script{"announce"});
}

TEST_CASE("a peer whose Redis says no more than an error is not behind a cut") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();
  scene.take();
  for (int i = 0; i < 20; ++i) {
    scene.pass(Millis{100});
    scene.tell(event::RedisRefused{b, Refusal::authentication, "NOAUTH"});
  }
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "announce") > 0);
}

TEST_CASE("nor is one whose Redis has ended") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.pass(Millis{500});
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.take();
  scene.pass(Millis{600});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "announce") == 1);
}

// Seeds 5321 and 218944: its Redis hung as well, so that the owner thought itself cut off.
TEST_CASE("a redvip that is seen to have let go is answered with an announcement, once") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::PeerMissing{b});
  scene.pass(Seconds{1});
  const auto announcements = [&](State of_b) {
    scene.take();
    scene.tell(event::PeerSeen{b, {of_b, Priority::of(245), false, {}}});
    scene.pass(Millis{160});
    const auto script = scene.take();
    return std::count(script.begin(), script.end(), "announce");
  };
  CHECK(announcements(State::holding) == 1);
  CHECK(announcements(State::standby) == 0);
}

TEST_CASE("an owner whose peer was dead before it led announces again") {
  ServiceScene scene{site(a)};
  scene.redis[b].reset();
  scene.redis[a] = master(1000);
  scene.tell(event::Start{});
  scene.tell(event::RedisLost{b, Loss::unreachable, "no answer"});
  scene.pass(Seconds{2});
  scene.tell(event::Led{});
  scene.tell(event::VipsAdded{std::nullopt});
  scene.take();
  scene.pass(Seconds{2});
  CHECK(without_refresh(scene.take()) == Script{"announce"});
}

TEST_CASE("a paused owner keeps the address of a dead Redis and says nothing") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.tell(event::PauseAsked{});
  scene.take();
  redis_dies(scene);
  scene.tell(event::InterfaceChanged{"eth1", false});
  CHECK(scene.take() == Script{});
}

TEST_CASE("a Redis that stays elsewhere is told to follow the owner, after some patience") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b] = parked(1000);
  scene.pass(Millis{450});
  CHECK(without_refresh(scene.take()) == Script{});
  scene.pass(Millis{200});
  CHECK(without_refresh(scene.take()) == Script{"b: follow 10.77.0.1:6379" + kill_vip});
}

TEST_CASE("an owner yields to more of the same history, but not in vain") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[a] = promoted(900, 900);
  scene.redis[b] = parked(950);
  scene.pass(Millis{550});
  CHECK(without_refresh(scene.take()) == Script{});
  SECTION("not written to") {
    scene.pass(Millis{100});
    CHECK(scene.machine.state() == State::holding);
    CHECK(scene.transitions.back().cause == "redis-b has 50 bytes more of the same history");
  }
  SECTION("to one whose redvip could not take it") {
    scene.tell(event::PeerSeen{b, {State::fault, Priority::of(245), false, "eth1 is down"}});
    scene.pass(Seconds{2});
    CHECK(scene.machine.state() == State::serving);
  }
  SECTION("written to between two looks") {
    scene.redis[a] = promoted(900, 930);
    scene.pass(Millis{100});
    CHECK(scene.machine.state() == State::serving);
  }
}

TEST_CASE("a Redis with writes of its own is parked by the owner, never overwritten") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b] = promoted(900, 1053);
  scene.pass(Millis{650});
  CHECK(without_refresh(scene.take()) == Script{"warn", "b: park" + kill_vip});
}

TEST_CASE("every transition has a cause and the inputs that decided it") {
  ServiceScene scene{site(a)};
  serve(scene);
  scene.redis[b].reset();
  scene.tell(event::RedisLost{b, Loss::refused, "connection refused"});
  scene.tell(event::SwitchoverAsked{});  // refused: redis-b is away
  scene.tell(event::InterfaceChanged{"eth0", false});
  REQUIRE(scene.transitions.size() == 5);
  for (const auto& transition : scene.transitions) {
    INFO(name(transition.from) << " -> " << name(transition.to));
    CHECK_FALSE(transition.cause.empty());
    const auto has = [&](const char* input) {
      return std::any_of(transition.inputs.begin(), transition.inputs.end(),
                         [&](const auto& it) { return it.first == input && !it.second.empty(); });
    };
    CHECK(has("redis-a"));
    CHECK(has("redis-b"));
    CHECK(has("priority"));
  }
}

}  // namespace
}  // namespace redvip

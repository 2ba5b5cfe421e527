// paused: observes everything, changes nothing, and keeps what it has.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

void paused_owner(ServiceScene& scene, event::PauseAsked asked = {}) {
  serve(scene);
  scene.tell(asked);
  scene.take();
}

TEST_CASE("a paused owner goes on refreshing its address, which would expire") {
  ServiceScene scene{site(a)};
  paused_owner(scene);
  scene.pass(Seconds{2});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "refresh VIPs") == 8);
  CHECK(without_refresh(script) == Script{"announce", "announce"});
}

TEST_CASE("what somebody takes away from a paused owner stays away until it is resumed") {
  ServiceScene scene{site(a)};
  paused_owner(scene);
  scene.tell(event::VipsMissing{});
  scene.pass(Seconds{2});
  CHECK(without_refresh(scene.take()) == Script{"announce", "announce"});
  CHECK_FALSE(scene.machine.facts().vips_present());
  scene.tell(event::ResumeAsked{});
  scene.pass(Millis{100});
  const auto script = scene.take();
  CHECK(std::count(script.begin(), script.end(), "add VIPs") == 1);
}

TEST_CASE("a pause that was given a length ends by itself, and a later one counts anew") {
  ServiceScene scene{site(a)};
  paused_owner(scene, {Seconds{60}, "alice"});
  CHECK(scene.transitions.back().cause ==
        "paused: watching, changing nothing for 60 s or until 'redvip resume'");
  CHECK(scene.transitions.back().by == "alice");
  CHECK(scene.machine.pause_ends() == scene.now + Seconds{60});
  scene.pass(Seconds{50});
  scene.tell(event::PauseAsked{Seconds{60}, "alice"});
  scene.pass(Seconds{50});
  CHECK(scene.machine.paused());
  scene.pass(Seconds{11});
  CHECK_FALSE(scene.machine.paused());
  CHECK(contains(scene.notes.back(), "the time of its pause is over"));
}

TEST_CASE("a pause without a length lasts until it is resumed") {
  ServiceScene scene{site(a)};
  paused_owner(scene, {Seconds{60}, "alice"});
  scene.tell(event::PauseAsked{});
  scene.pass(Seconds{3600});
  CHECK(scene.machine.paused());
  scene.tell(event::ResumeAsked{"bob"});
  CHECK_FALSE(scene.machine.paused());
  CHECK(scene.transitions.back().cause == "resumed: asked for");
  CHECK(scene.transitions.back().by == "bob");
}

}  // namespace
}  // namespace redvip

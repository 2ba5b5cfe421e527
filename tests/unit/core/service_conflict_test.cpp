// Another machine that answers for a virtual IP, and a configuration that was read again.
#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

const event::StrangerAnswered stranger{IpAddress{0x0A4D0064}, "02:00:00:00:00:99"};

ServiceScene& alone(ServiceScene& scene) {
  scene.redis[a] = master(1000);
  scene.redis[b] = replica_of(a, 1000);
  scene.tell(event::Start{});
  return scene;
}

TEST_CASE("who else answers for the address is asked at the start and at every take-over") {
  ServiceScene scene{site(a)};
  alone(scene);
  CHECK(scene.probes == 1);
  scene.pass(Millis{600});
  scene.tell(event::Led{});
  CHECK(scene.probes == 2);
}

TEST_CASE("an address that a stranger answers for is not taken; the reason names the stranger") {
  ServiceScene scene{site(a)};
  alone(scene);
  scene.tell(stranger);
  scene.pass(Millis{600});
  CHECK(scene.machine.state() == State::holding);
  CHECK(scene.machine.reason() == "another machine, 02:00:00:00:00:99, answers for 10.77.0.100");

  scene.pass(Seconds{6});  // it is asked again, and nobody answers
  CHECK(scene.probes > 2);
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a stranger that answers during the take-over ends it, before the address is added") {
  ServiceScene scene{site(a)};
  alone(scene);
  scene.pass(Millis{600});
  scene.tell(stranger);
  scene.tell(event::Led{});
  const auto script = scene.take();
  CHECK(std::ranges::count(script, "add VIPs") == 0);
  CHECK(scene.machine.state() == State::holding);
}

TEST_CASE("on_conflict = warn takes the address all the same, and says so") {
  auto warned = site(a);
  warned.service.on_conflict = OnConflict::warn;
  ServiceScene scene{warned};
  alone(scene);
  scene.tell(stranger);
  CHECK(scene.notes.size() == 1);
  scene.pass(Millis{600});
  CHECK(scene.machine.state() == State::standby);
}

TEST_CASE("a changed configuration keeps the owner and puts a new address on") {
  ServiceScene scene{site(a)};
  serve(scene);
  auto service = scene.machine.site().service;
  service.virtual_ips.push_back({IpAddress{0x0A4D0065}, 24});
  scene.take();
  scene.tell(event::Reconfigured{service});
  CHECK(scene.take() == Script{"add VIPs", "announce"});
  CHECK(scene.machine.state() == State::serving);
}

TEST_CASE("tracks that stay keep their state over a change, new ones count once they are known") {
  auto tracked = site(a);
  const Track gateway{"gateway", PingTrack{IpAddress{0x0A4D00FE}}, -20, 1, 1};
  const Track disk{"disk", FileTrack{"/run/disk"}, -5, 1, 1};
  tracked.service.tracks = {gateway};
  ServiceScene scene{tracked};
  scene.tell(event::TrackChanged{0, true, {}});
  serve(scene);
  CHECK(scene.machine.priority() == Priority::of(250));
  auto service = tracked.service;
  service.tracks = {disk, gateway};
  scene.tell(event::Reconfigured{service});
  CHECK(scene.machine.priority() == Priority::of(250));
  scene.tell(event::TrackChanged{0, false, {}});
  CHECK(scene.machine.priority() == Priority::of(245));
  scene.tell(event::TrackChanged{0, true, {}});
  CHECK(scene.machine.priority() == Priority::of(250));
}

}  // namespace
}  // namespace redvip

// The daemon itself fails, or somebody else meddles with what it owns.
#include "lab/adverts.hpp"
#include "lab/scene.hpp"

using namespace redvip::lab;

TEST_CASE("daemon killed: the other fences its Redis, and its address goes away by itself",
          "[daemon]") {
  Scene scene;
  scene.owner.daemon->signal(SIGKILL);
  scene.require_eventually("the other serves", [&] { return scene.standby.serves(); });
  scene.require_eventually("the orphaned Redis follows",
                           [&] { return scene.owner.redis.follows(scene.standby.host); });
  scene.require_eventually("the stale address is gone", [&] { return !scene.owner.holds_vip(); });
  scene.require_serves(scene.standby);
  scene.print("daemon killed");
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("daemon frozen and continued: it looks before it speaks, and follows", "[daemon]") {
  Scene scene;
  AdvertSniffer adverts{scene.lab.network, scene.owner.host};
  scene.require_eventually("the owner advertises", [&] { return adverts.take() > 0; });
  scene.owner.daemon->signal(SIGSTOP);
  scene.require_eventually("the other serves and the stale address is gone",
                           [&] { return scene.standby.serves() && !scene.owner.holds_vip(); });
  (void)adverts.take();
  scene.owner.daemon->signal(SIGCONT);
  scene.require_settled_on(scene.standby);
  scene.require_eventually("the woken one knows its place",
                           [&] { return scene.owner.status().state == "standby"; });
  CHECK(adverts.take() == 0);
  scene.require_writes_go_on(500);
  scene.print("daemon frozen");
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("virtual IP deleted by hand: it is put back and no role changes", "[daemon]") {
  Scene scene;
  const std::size_t moves = scene.owner.history().size() + scene.standby.history().size();
  {
    const Inside here{scene.owner.host.net};
    must(std::string{"ip address flush to "} + virtual_ip);
  }
  scene.require_eventually("it is back", [&] { return scene.owner.holds_vip(); });
  scene.require_serves(scene.owner);
  scene.require_settled_on(scene.owner);
  scene.print("virtual IP deleted");
  CHECK(scene.owner.history().size() + scene.standby.history().size() == moves);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("the standby's daemon killed: the writers notice nothing and nothing moves", "[daemon]") {
  Scene scene;
  const std::size_t moves = scene.owner.history().size();
  scene.standby.daemon->signal(SIGKILL);
  REQUIRE(scene.standby.daemon->wait(std::chrono::seconds{5}));
  scene.require_writes_go_on(4000);
  scene.print("standby's daemon killed");
  CHECK(scene.owner.serves());
  CHECK(scene.writer.failures().empty());
  CHECK(scene.owner.history().size() == moves);
  scene.require_nothing_lost(scene.owner);
}

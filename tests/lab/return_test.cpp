// The old owner comes back: after a cut of many seconds, again and again, or just after a move.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

// Redis leaves the copy of its last full sync in dump.rdb, persistence or not, unless told so.
Setup truly_without_persistence() {
  return {.redis_options = {"--rdb-del-sync-files", "yes"}};
}

// Cut off for that long while the clients write on the other side.
void returns_after(std::chrono::seconds absence) {
  Scene scene;
  scene.lab.network.cut(scene.owner.host);
  scene.require_eventually("the other serves", [&] { return scene.standby.serves(); });
  std::this_thread::sleep_until(scene.struck + absence);
  scene.require_writes_go_on(500);
  const std::size_t moves = scene.standby.history().size();
  scene.lab.network.heal(scene.owner.host);
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(500);
  scene.print("owner cut off for " + std::to_string(absence.count()) + " s");
  CHECK(scene.standby.history().size() == moves);
  scene.require_kept(scene.standby);
  scene.require_no_sanitizer_report();
}

}  // namespace

TEST_CASE("owner cut off for 8 s and back: it follows, and no acknowledged write is lost",
          "[return]") {
  returns_after(std::chrono::seconds{8});
}

TEST_CASE("owner back after 20 s of writes on the other side: no acknowledged write is lost",
          "[.long]") {
  returns_after(std::chrono::seconds{20});
}

TEST_CASE("a supervisor that restarts Redis empty five times in a row loses no key", "[return]") {
  Scene scene{truly_without_persistence()};
  for (int i = 0; i < 5; ++i) {
    scene.owner.redis.kill();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    scene.owner.redis.start();
  }
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(500);
  scene.print("Redis restarted empty five times");
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("whoever is the owner is restarted empty, five times: no key is lost", "[return]") {
  Scene scene{truly_without_persistence()};
  for (int i = 0; i < 5; ++i) {
    Node& owner = scene.lab.owner();
    owner.redis.kill();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    owner.redis.start();
    scene.require_settled_on(scene.lab.other(owner));
    scene.require_writes_go_on(500);
    scene.require_kept(scene.lab.owner());
  }
  scene.print("five owners restarted empty");
  scene.require_nothing_lost(scene.lab.owner());
}

// The pause of a hand-over must not hold back the stream that the old owner follows from then on.
TEST_CASE("the new owner killed right after a switchover: no acknowledged write is lost",
          "[return]") {
  Scene scene;
  scene.require_writes_go_on(500);
  scene.owner.daemon->signal(SIGUSR2);
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(300);
  scene.standby.redis.kill();
  scene.require_serves(scene.owner);
  scene.print("killed right after a switchover");
  scene.require_nothing_lost(scene.owner);
}

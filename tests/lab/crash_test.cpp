// Redis, the host or its cable fails under load.
#include <functional>

#include "lab/scene.hpp"

using namespace redvip::lab;

TEST_CASE("Redis killed: the standby serves and no acknowledged write is lost", "[crash]") {
  Scene scene;
  scene.owner.redis.kill();
  scene.require_serves(scene.standby);
  scene.print("Redis killed");
  CHECK(scene.writer.count(Trouble::reply_timeout) == 0);
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("Redis frozen: clients are reset, none waits for its own timeout; thawed, it follows",
          "[crash]") {
  Scene scene;
  scene.owner.redis.freeze();
  scene.require_serves(scene.standby);
  scene.print("Redis frozen");
  CHECK(scene.writer.count(Trouble::reset) > 0);
  CHECK(scene.writer.count(Trouble::reply_timeout) == 0);
  scene.owner.redis.thaw();
  scene.require_settled_on(scene.standby);
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("Redis killed and restarted empty 100 ms later: the replica keeps every key", "[crash]") {
  Scene scene;
  scene.owner.redis.kill();
  std::this_thread::sleep_for(std::chrono::milliseconds{100});  // as a supervisor would
  scene.owner.redis.start();
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(500);
  scene.print("Redis restarted empty");
  scene.require_nothing_lost(scene.standby);
  CHECK(scene.standby.redis.keys() >= static_cast<std::int64_t>(scene.writer.acknowledged()));
}

namespace {

// The other serves; when the host is back it follows, and nothing moves a second time.
void loses_host(Scene& scene, const std::string& fault, const std::function<void()>& lose,
                const std::function<void()>& give_back) {
  lose();
  scene.require_eventually("the other serves", [&] { return scene.standby.serves(); });
  scene.require_writes_go_on(500);
  scene.print(fault);
  const std::size_t moves = scene.standby.history().size();
  give_back();
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(500);
  CHECK(scene.standby.history().size() == moves);
  scene.require_nothing_lost(scene.standby);
}

}  // namespace

TEST_CASE("host cut off in silence: the other serves; healed, it follows and nothing moves again",
          "[crash]") {
  Scene scene;
  Network& network = scene.lab.network;
  loses_host(
      scene, "host cut off", [&] { network.cut(scene.owner.host); },
      [&] { network.heal(scene.owner.host); });
}

TEST_CASE("carrier lost: the other serves; back, it follows and nothing moves again", "[crash]") {
  Scene scene;
  Network& network = scene.lab.network;
  loses_host(
      scene, "carrier lost", [&] { network.carrier(scene.owner.host, false); },
      [&] { network.carrier(scene.owner.host, true); });
}

TEST_CASE("replica killed: the writers notice nothing and nothing moves", "[crash]") {
  Scene scene;
  const std::size_t moves = scene.owner.history().size();
  scene.standby.redis.kill();
  scene.require_eventually("the owner sees it",
                           [&] { return !scene.owner.status().failover_possible; });
  scene.require_writes_go_on(2000);
  scene.print("replica killed");
  CHECK(scene.owner.serves());
  CHECK(scene.writer.failures().empty());
  CHECK(scene.owner.history().size() == moves);
  scene.require_nothing_lost(scene.owner);
}

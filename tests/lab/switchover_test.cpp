// Planned moves under load: no client is told READONLY and no acknowledged write is lost.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

constexpr std::size_t half_of_the_writes = 5000;

void moves_without_loss(Scene& scene, const std::string& what) {
  scene.require_settled_on(scene.standby);
  scene.require_writes_go_on(half_of_the_writes);
  scene.print(what);
  CHECK(scene.writer.acknowledged() >= 2 * half_of_the_writes);
  CHECK(scene.writer.count(Trouble::readonly) == 0);
  CHECK(scene.writer.count(Trouble::reply_timeout) == 0);
  scene.require_nothing_lost(scene.standby);
}

void stays_and_says_why(Scene& scene) {
  const std::size_t records = scene.owner.history().size();
  scene.owner.daemon->signal(SIGUSR2);
  scene.require_eventually("the history tells",
                           [&] { return scene.owner.history().size() > records; });
  scene.require_eventually("it serves", [&] { return scene.owner.status().state == "serving"; });
  scene.require_serves(scene.owner);
  const auto last = scene.owner.history().back();
  std::cout << "nobody can take over: " << last.from << " -> " << last.to << ": " << last.cause
            << "\n";
  CHECK(last.to == "serving");
  CHECK_FALSE(last.cause.empty());
  CHECK(scene.writer.count(Trouble::readonly) == 0);
  scene.require_nothing_lost(scene.owner);
}

}  // namespace

TEST_CASE("SIGUSR2 on the owner hands over: no READONLY, nothing lost of 10,000 writes",
          "[switchover]") {
  Scene scene;
  scene.require_writes_go_on(half_of_the_writes);
  scene.owner.daemon->signal(SIGUSR2);
  moves_without_loss(scene, "SIGUSR2 on the owner");
}

TEST_CASE("SIGUSR2 on the backup takes over: no READONLY, nothing lost of 10,000 writes",
          "[switchover]") {
  Scene scene;
  scene.require_writes_go_on(half_of_the_writes);
  scene.standby.daemon->signal(SIGUSR2);
  moves_without_loss(scene, "SIGUSR2 on the backup");
}

TEST_CASE("SIGTERM on the owner hands over, then the daemon exits with 0", "[switchover]") {
  Scene scene;
  scene.require_writes_go_on(half_of_the_writes);
  scene.owner.daemon->signal(SIGTERM);
  scene.require_serves(scene.standby);
  const auto exit_status = scene.owner.daemon->wait(std::chrono::seconds{10});
  scene.require(exit_status == 0, "exits with 0, not " + std::to_string(exit_status.value_or(-1)));
  scene.require_writes_go_on(half_of_the_writes);
  scene.print("SIGTERM on the owner");
  CHECK(scene.writer.count(Trouble::readonly) == 0);
  CHECK(scene.standby.redis.is_master());
  CHECK(scene.owner.redis.follows(scene.standby.host));
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("SIGUSR2 while the standby's daemon is dead: still the owner, and the history says why",
          "[switchover]") {
  Scene scene;
  scene.standby.daemon->signal(SIGKILL);
  stays_and_says_why(scene);
}

TEST_CASE("SIGUSR2 while the standby's Redis is dead: still the owner, and the history says why",
          "[switchover]") {
  Scene scene;
  scene.standby.redis.kill();
  stays_and_says_why(scene);
}

TEST_CASE("paused nodes move nothing when Redis dies; resumed, they do", "[switchover]") {
  Scene scene;
  const auto both = [&](int signal) {
    scene.owner.daemon->signal(signal);
    scene.standby.daemon->signal(signal);
  };
  both(SIGRTMIN + 1);
  scene.require_eventually("both are paused", [&] {
    return scene.owner.status().paused && scene.standby.status().paused;
  });
  scene.owner.redis.kill();
  constexpr std::chrono::seconds long_enough_to_move{2};
  const bool moved =
      eventually([&] { return scene.standby.holds_vip() || scene.standby.redis.is_master(); },
                 long_enough_to_move);
  scene.require(!moved, "nothing moves while paused");
  both(SIGRTMIN + 2);
  scene.require_serves(scene.standby);
  scene.require_nothing_lost(scene.standby);
}

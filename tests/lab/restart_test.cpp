// A daemon that goes and comes back, or not: what becomes of the address meanwhile.
#include <net/if.h>

#include <algorithm>

#include "lab/scene.hpp"
#include "netlink/manager.hpp"

using namespace redvip::lab;

namespace {

// The standby's host is gone: nobody could take over.
void lose_standby(Scene& scene) {
  scene.lab.network.cut(scene.standby.host);
  scene.require_eventually("no standby", [&] {
    return scene.owner.serves() && !scene.owner.status().failover_possible;
  });
  scene.struck = Clock::now();
}

// As kill -9 leaves it, but for the time that the kernel gives the address: a busy machine may take
// longer than that second to come to the next line of a test.
void kill_daemon(const Scene& scene) {
  scene.owner.daemon->signal(SIGKILL);
  const Inside here{scene.owner.host.net};
  auto addresses = redvip::netlink::AddressManager::open();
  REQUIRE(addresses);
  const auto index = static_cast<int>(::if_nametoindex("eth0"));
  REQUIRE(addresses->put(index, *redvip::IpPrefix::parse("10.77.0.100/24"), redvip::Seconds{60}));
  REQUIRE(scene.owner.daemon->wait(std::chrono::seconds{5}));
}

void restart(Scene& scene, bool announced) {
  if (announced) {
    const auto told = run_redvip(scene.owner, "prepare-restart");
    INFO(told.output);
    REQUIRE(told.status == 0);
  }
  scene.owner.daemon->end();
  scene.lab.start(scene.owner);
  scene.require_eventually("it serves again", [&] {
    return scene.owner.serves() && scene.owner.status().state == "serving";
  });
  scene.require_writes_go_on(500);
}

}  // namespace

TEST_CASE("an owner that is restarted hands over to its standby, and no write fails for good",
          "[restart]") {
  Scene scene;
  const auto told = run_redvip(scene.owner, "prepare-restart");
  REQUIRE(told.status == 0);
  scene.owner.daemon->end();
  scene.require_serves(scene.standby);
  scene.lab.start(scene.owner);
  scene.require_settled_on(scene.standby);
  scene.print("daemon restarted, with a standby");
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE(
    "a Redis that comes back empty has its data from one whose redvip does not run, and serves",
    "[restart]") {
  Scene scene{{.redis_options = {"--rdb-del-sync-files", "yes"}}};
  scene.standby.daemon->end();
  scene.require_writes_go_on(500);
  scene.owner.redis.kill();
  scene.struck = Clock::now();
  scene.owner.redis.start();
  scene.require_serves(scene.owner);
  scene.print("restarted empty, with no redvip beside the replica");
  scene.require_kept(scene.owner);
  scene.lab.start(scene.standby);
  scene.require_settled_on(scene.owner);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("an owner without a standby that is restarted as announced: not one write fails",
          "[restart]") {
  Scene scene;
  lose_standby(scene);
  restart(scene, true);
  scene.print("daemon restarted, announced, without a standby");
  CHECK(scene.writer.failures(scene.struck).empty());
  CHECK(scene.owner.daemon->log().find("the addresses were still here, and stay") !=
        std::string::npos);
  scene.require_nothing_lost(scene.owner);
}

// The last step of docs/migration.md.
TEST_CASE("a pair goes from VRRPv2 to v3, whose nodes do not hear those of v2: not one write fails",
          "[restart]") {
  const std::string for_the_time_in_between = "version = 2\nadvert_interval = \"1s\"\n";
  Scene scene{{.redis_toml = for_the_time_in_between}};
  for (const Node* node : {&scene.owner, &scene.standby})
    rewrite(*node, for_the_time_in_between, "");
  scene.standby.daemon->end();
  scene.require_eventually("the owner knows that nobody could take over",
                           [&] { return !scene.owner.status().failover_possible; });
  scene.struck = Clock::now();
  restart(scene, true);
  scene.lab.start(scene.standby);
  scene.require_settled_on(scene.owner);
  scene.print("from VRRPv2 to v3");
  CHECK(scene.writer.failures(scene.struck).empty());
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("an owner without a standby that is restarted unannounced takes its address along",
          "[restart]") {
  Scene scene;
  lose_standby(scene);
  restart(scene, false);
  scene.print("daemon restarted, unannounced, without a standby");
  CHECK(scene.writer.count(Trouble::reset, scene.struck) > 0);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("while an announced restart is under way another node leads: the address left is removed",
          "[restart]") {
  Scene scene;
  lose_standby(scene);
  REQUIRE(run_redvip(scene.owner, "prepare-restart").status == 0);
  scene.owner.daemon->end();
  REQUIRE(scene.owner.holds_vip());
  // A shorter cut breaks no connection: the end of this one is seen by the new one.
  scene.require_eventually("the other sees nothing of this Redis", [&] {
    const auto nodes = scene.standby.status().nodes;
    return std::any_of(nodes.begin(), nodes.end(),
                       [](const auto& node) { return !node.self && !node.redis; });
  });
  scene.lab.network.heal(scene.standby.host);
  scene.require_eventually("the other has come", [&] { return scene.standby.serves(); });
  // Until a client has written there it has nothing of its own, and yields to whoever has more.
  const auto keys = scene.standby.redis.keys();
  scene.require_eventually("it is written to", [&] { return scene.standby.redis.keys() > keys; });
  scene.lab.start(scene.owner);
  scene.require_settled_on(scene.standby);
  CHECK(scene.owner.daemon->log().find("removing 10.77.0.100/24, left by an earlier redvip") !=
        std::string::npos);
  // Cut off, the other had missed what the client wrote, and took over without it.
  scene.writer.stop();
  const auto elsewhere = scene.standby.redis.absent(scene.writer.acknowledged_keys());
  REQUIRE_FALSE(elsewhere.empty());
  CHECK(scene.owner.has_saved(elsewhere.front()));
  CHECK(scene.owner.has_saved(elsewhere.back()));
  scene.require_no_sanitizer_report();
}

TEST_CASE("after a killed owner, release resets the clients and removes the address at once",
          "[restart]") {
  Scene scene;
  lose_standby(scene);
  kill_daemon(scene);
  REQUIRE(scene.owner.holds_vip());
  const auto released = run_redvip(scene.owner, "release --now");
  INFO(released.output);
  CHECK(released.status == 0);
  CHECK(released.output == "cache: removed 10.77.0.100/24, left by a redvip that was killed\n");
  CHECK_FALSE(scene.owner.holds_vip());
  scene.require_eventually("its client was reset",
                           [&] { return scene.writer.count(Trouble::reset, scene.struck) > 0; });
  const auto again = run_redvip(scene.owner, "release");
  CHECK(again.status == 0);
  CHECK(again.output.empty());
}

TEST_CASE("release leaves the address to serve while nobody has come for it", "[restart]") {
  Scene scene;
  lose_standby(scene);
  kill_daemon(scene);
  const auto released = run_redvip(scene.owner, "release");
  CHECK(released.status == 0);
  CHECK(released.output ==
        "cache: removed 10.77.0.100/24, left by a redvip that was killed: no other node has come "
        "for it\n");
  CHECK_FALSE(scene.owner.holds_vip());
}

TEST_CASE("a killed owner's address is released and its standby serves, without a loss",
          "[restart]") {
  Scene scene;
  kill_daemon(scene);
  const auto released = run_redvip(scene.owner, "release");
  CHECK(released.status == 0);
  std::cout << released.output;  // whether the standby was faster than this command
  CHECK_FALSE(scene.owner.holds_vip());
  scene.require_serves(scene.standby);
  scene.print("daemon killed, then release");
  scene.require_kept(scene.standby);
}

TEST_CASE("release touches nothing while a daemon runs, nor after one that ended by itself",
          "[restart]") {
  Scene scene;
  const auto refused = run_redvip(scene.owner, "release --now");
  CHECK(refused.status == 1);
  CHECK(refused.output.find("redvip runs here and has its addresses") != std::string::npos);
  CHECK(scene.owner.holds_vip());
  lose_standby(scene);
  kill_daemon(scene);
  ::setenv("SERVICE_RESULT", "success", 1);
  const auto skipped = run_redvip(scene.owner, "release --now");
  ::unsetenv("SERVICE_RESULT");
  CHECK(skipped.status == 0);
  CHECK(skipped.output.empty());
}

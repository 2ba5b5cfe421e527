// Stories with a known end: one fault or one command each, in a world without chance faults.
#include <algorithm>

#include "catch.hpp"
#include "sim/world.hpp"

using namespace redvip;
using namespace redvip::sim;

namespace {

struct Story {
  explicit Story(Options options = {}) : world{traced(std::move(options))} {
    world.install(0);
    world.run_for(Seconds{3});
    REQUIRE(owner() == 0);
  }
  static Options traced(Options options) {
    options.trace = true;
    return options;
  }
  Host& host(NodeIndex node) { return *world.hosts[node]; }
  State state(NodeIndex node) { return host(node).daemon.state().value(); }
  std::optional<NodeIndex> owner() {
    for (NodeIndex node = 0; node < world.hosts.size(); ++node) {
      if (host(node).kernel.has_vip(world.now())) return node;
    }
    return std::nullopt;
  }
  // Each of these words is in a line of the transcript, in this order.
  bool tells(std::initializer_list<std::string> words) {
    auto line = world.trace.lines().begin();
    for (const auto& word : words) {
      line = std::find_if(line, world.trace.lines().end(), [&](const std::string& text) {
        return text.find(word) != std::string::npos;
      });
      if (line == world.trace.lines().end()) return false;
    }
    return true;
  }
  void ends_well() {
    const auto against = world.invariants.not_converged();
    INFO(world.invariants.broken().value_or("") << (against ? against->sentence : ""));
    CHECK_FALSE(world.invariants.broken());
    CHECK_FALSE(against);
  }

  World world;
};

}  // namespace

TEST_CASE("a Redis that crashes is replaced: drained, promoted, then the address") {
  Story story;
  story.host(0).redis.kill();
  story.world.run_for(Millis{100});
  CHECK(story.owner() == 1);
  CHECK(story.state(1) == State::serving);
  CHECK(story.tells({"a   * serving -> fault", "b   * standby -> promoting", "REPLICAOF NO ONE",
                     "b   > adds the VIP", "b   > announces", "b   * promoting -> serving"}));
  story.host(0).redis.boot(Redis::Boot::from_disk);
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 1);
  CHECK(story.state(0) == State::standby);
  story.ends_well();
}

TEST_CASE("a daemon that crashes loses the address, and its Redis is frozen and parked first") {
  Story story;
  story.host(0).daemon.crash();
  story.world.run_for(Seconds{2});
  CHECK(story.owner() == 1);
  CHECK(story.tells({"CLIENT PAUSE 2000 WRITE from node 1", "REPLICAOF 127.0.0.1 0 from node 1",
                     "REPLICAOF NO ONE from node 1", "b   > adds the VIP"}));
  story.host(0).daemon.start();
  story.world.run_for(Seconds{8});
  CHECK(story.state(0) == State::standby);
  story.ends_well();
}

TEST_CASE("a Redis that comes back empty takes its data from the one whose redvip does not run") {
  Story story;
  story.host(1).daemon.crash();
  story.world.run_for(Seconds{2});
  story.host(0).redis.kill();
  story.world.run_for(Millis{300});
  story.host(0).redis.boot(Redis::Boot::empty);
  story.world.run_for(Seconds{10});
  CHECK(story.owner() == 0);
  CHECK(story.state(0) == State::serving);
  CHECK(story.tells({"REPLICAOF NO ONE from node 0", "REPLICAOF 10.77.0.2:6379 from node 0",
                     "the redvip of b does not lead", "a   * promoting -> serving"}));
  story.host(1).daemon.start();
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 0);
  story.ends_well();
}

TEST_CASE("a host that is cut off yields when it comes back, and its own writes are kept") {
  Story story;
  story.world.lan.cut(0, true);
  story.world.run_for(Seconds{4});
  CHECK(story.state(1) == State::serving);
  CHECK(story.state(0) == State::serving);  // nobody can tell it; no client can reach it
  story.world.lan.cut(0, false);
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 1);
  CHECK(story.state(0) == State::standby);
  story.ends_well();
}

TEST_CASE("a switchover drains, promotes, adds the address, and only then resets and removes") {
  Story story;
  story.host(0).daemon.deliver(event::SwitchoverAsked{});
  story.world.run_for(Seconds{5});
  CHECK(story.owner() == 1);
  CHECK(story.state(0) == State::standby);
  CHECK(story.tells({"a   * serving -> handing_over", "CLIENT PAUSE 2005 WRITE from node 0",
                     "a   > advertises priority 0", "REPLICAOF NO ONE from node 1",
                     "b   > adds the VIP", "a   > resets the clients", "a   > removes the VIP"}));
  CHECK(story.world.ledger.excused().none());
  story.ends_well();
}

TEST_CASE("a switchover is refused with a reason when nobody can take over") {
  Story story;
  story.host(1).redis.kill();
  story.world.run_for(Seconds{1});
  story.host(0).daemon.deliver(event::SwitchoverAsked{});
  story.world.run_for(Seconds{1});
  CHECK(story.owner() == 0);
  CHECK(story.state(0) == State::serving);
  CHECK(story.tells({"nobody can take over"}));
  CHECK_FALSE(story.host(0).redis.paused());
}

TEST_CASE("a daemon that was frozen looks before it speaks, and yields") {
  Story story;
  story.host(0).daemon.freeze();
  story.world.run_for(Seconds{3});
  CHECK(story.owner() == 1);
  story.host(0).daemon.thaw();
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 1);
  CHECK(story.state(0) == State::standby);
  story.ends_well();
}

TEST_CASE("a Redis that restarts empty never wipes the other") {
  Story story;
  story.host(0).redis.kill();
  story.world.run_for(Millis{30});
  story.host(0).redis.boot(Redis::Boot::empty);
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 1);
  CHECK(story.host(1).redis.data().count() > 50);
  story.ends_well();
}

TEST_CASE("after a power cut the fuller history leads") {
  Options options;
  options.born_parked = true;
  Story story{options};
  story.host(0).redis.save();  // node 0 has an early snapshot, node 1 a late one
  story.world.run_for(Seconds{3});
  story.host(1).redis.save();
  story.world.run_for(Seconds{1});
  for (const auto& host : story.world.hosts) {
    host->daemon.crash();
    host->redis.lose_power();
    host->kernel.remove_vip();
  }
  for (const auto& host : story.world.hosts) {
    host->redis.boot(Redis::Boot::from_disk);
    host->daemon.start();
  }
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 1);
  story.ends_well();
}

TEST_CASE("preempt = true gives the service back without losing a write") {
  Options options;
  options.service.preempt = true;
  Story story{options};
  story.host(0).redis.kill();
  story.world.run_for(Seconds{2});
  CHECK(story.owner() == 1);
  story.host(0).redis.boot(Redis::Boot::from_disk);
  story.world.run_for(Seconds{12});
  CHECK(story.owner() == 0);
  story.ends_well();
}

TEST_CASE("a tracked interface with a weight moves the service while it is down") {
  Options options;
  options.service.preempt = true;
  options.service.tracks = {{"eth1", InterfaceTrack{"eth1"}, -20, 1, 1}};
  Story story{options};
  story.host(0).daemon.deliver(event::InterfaceChanged{"eth1", false});
  story.world.run_for(Seconds{5});
  CHECK(story.owner() == 1);
  CHECK(story.state(0) == State::standby);
  story.host(0).daemon.deliver(event::InterfaceChanged{"eth1", true});
  story.world.run_for(Seconds{8});
  CHECK(story.owner() == 0);
  story.ends_well();
}

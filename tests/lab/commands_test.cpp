// What an operator sees and does: status, explain, switchover, pause, history, on a real pair.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

bool says(const Node& node, const std::string& command, const std::string& words) {
  return run_redvip(node, command).output.find(words) != std::string::npos;
}

const redvip::daemon::NodeStatus& seen(const redvip::daemon::ServiceStatus& status,
                                       const Node& node) {
  for (const auto& each : status.nodes) {
    if (each.name == node.host.name) return each;
  }
  throw LabError{"no such node in the status"};
}

bool knows(const Node& node, const Node& other, const std::string& state) {
  const auto status = node.status();
  return !status.nodes.empty() && seen(status, other).state == state;
}

}  // namespace

TEST_CASE("each node sees the state of the other's redvip, and that it is gone", "[commands]") {
  Scene scene;
  const std::string standby = scene.standby.host.name;
  scene.require_eventually("the owner sees a standby",
                           [&] { return knows(scene.owner, scene.standby, "standby"); });
  scene.require_eventually("the standby sees the owner",
                           [&] { return knows(scene.standby, scene.owner, "serving"); });
  scene.require(says(scene.owner, "status", "failover now: yes, to " + standby),
                "status says that it could fail over");
  scene.require(says(scene.owner, "explain", standby + ": standby: in sync with"),
                "explain tells the standby's own reason");

  scene.require(run_redvip(scene.standby, "pause --for 2h").status == 0, "the standby is paused");
  scene.require_eventually("the owner sees the pause, and would not hand over to it", [&] {
    const auto status = scene.owner.status();
    return seen(status, scene.standby).paused == true && !status.failover_possible;
  });
  scene.require(run_redvip(scene.standby, "resume").status == 0, "the standby is resumed");
  scene.require_eventually("the owner sees that too",
                           [&] { return scene.owner.status().failover_possible; });

  scene.standby.daemon->signal(SIGKILL);
  scene.require_eventually("the owner sees that the standby's redvip is gone", [&] {
    const auto status = scene.owner.status();
    return !status.failover_possible && seen(status, scene.standby).state == "unknown" &&
           status.failover.find("its redvip is not running") != std::string::npos;
  });
  scene.require(run_redvip(scene.owner, "status").status == 2, "which is exit code 2");
  scene.require(run_redvip(scene.owner, "switchover").status == 1, "nothing is handed over");
  scene.require(run_redvip(scene.standby, "status").status == 5, "the dead daemon is exit code 5");
  scene.require(scene.owner.serves(), "and the owner serves on");
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("a paused owner keeps its address and its clients for longer than the address lives",
          "[commands]") {
  Scene scene;
  scene.require(run_redvip(scene.owner, "pause").status == 0, "the owner is paused");
  const auto paused = Clock::now();
  while (Clock::now() < paused + std::chrono::seconds{3}) {
    scene.require(scene.owner.holds_vip(), "the address stays");
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  scene.require_writes_go_on(500);
  scene.require(says(scene.owner, "status", "paused: yes"), "status says that it is paused");
  scene.require(run_redvip(scene.owner, "resume").status == 0, "the owner is resumed");
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("a switchover is shown before, followed to its end, and told with who asked and why",
          "[commands]") {
  Scene scene;
  const std::string owner = scene.owner.host.name;
  const std::string standby = scene.standby.host.name;
  scene.require_eventually("the owner sees a standby",
                           [&] { return knows(scene.owner, scene.standby, "standby"); });
  scene.require(run_redvip(scene.owner, "switchover --dry-run").status == 0,
                "the rehearsal finds it possible");
  scene.require(scene.owner.serves(), "and has changed nothing");
  scene.require(run_redvip(scene.owner, "switchover --to " + owner).status == 1,
                "a switchover to the owner is refused");
  scene.require(run_redvip(scene.owner, "switchover --to nobody").status == 6,
                "one to a stranger is wrong usage");
  const Outcome done =
      run_redvip(scene.owner, "switchover --to " + standby + " --reason 'kernel update'");
  INFO(done.output);
  scene.require(done.status == 0, "the switchover is done");
  scene.require(done.output.find("cache: " + standby + " has it now") != std::string::npos,
                "the outcome is told");
  scene.require_settled_on(scene.standby);
  const Outcome history = run_redvip(scene.owner, "history --since 1h cache");
  INFO(history.output);
  CHECK(history.output.find("(kernel update): handing over to " + standby) != std::string::npos);
  CHECK(history.output.find("  by root") != std::string::npos);
  scene.require_nothing_lost(scene.standby);
}

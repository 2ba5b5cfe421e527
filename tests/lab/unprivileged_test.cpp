// The daemon as its package runs it: a user of its own with four capabilities.
#include <fstream>

#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

Setup as_service(Rights rights = Rights::service) {
  Setup setup;
  setup.rights = rights;
  return setup;
}

// A command of redvip's as another user, who is a member of the service's group or not.
Outcome as_operator(const Node& node, const std::string& command, bool member) {
  const Inside here{node.host.net};
  return run("setpriv --reuid=nobody --regid=nogroup --groups=nogroup" +
             (member ? ',' + std::to_string(service_user) : std::string{}) +
             " --bounding-set=-all " + redvip_binary() + ' ' + command + " --config " +
             node.config().string());
}

// Both sides have clients; then the hosts see each other again.
void diverge(Scene& scene) {
  scene.lab.network.cut(scene.owner.host);
  Writer minority{scene.owner.host, virtual_ip, std::chrono::seconds{3}, "minority:"};
  scene.require_eventually("the other side serves too", [&] { return scene.standby.serves(); });
  scene.require_eventually("both write", [&] { return minority.acknowledged() > 200; });
  minority.stop();
  scene.lab.network.heal(scene.owner.host);
}

std::string capabilities(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("CapEff:", 0) == 0) return line;
  }
  return "gone";
}

}  // namespace

TEST_CASE("without root a pair fails over, keeps what one side had, and hands over on SIGTERM",
          "[unprivileged]") {
  Scene scene{as_service()};
  CHECK(capabilities(scene.owner.daemon->pid()) == "CapEff:\t0000000000807000");
  diverge(scene);
  scene.require_settled_on(scene.standby);
  scene.require_eventually("the save is in the history", [&] {
    for (const auto& record : scene.owner.history()) {
      if (!record.saved_in.empty()) return true;
    }
    return false;
  });
  CHECK(scene.owner.has_saved("minority:1"));

  scene.standby.daemon->end();
  scene.require_serves(scene.owner);
  scene.require_kept(scene.owner);
  for (const auto* missing : {"not permitted", "denied", "CAP_"}) {
    CHECK(scene.owner.daemon->log().find(missing) == std::string::npos);
  }
  scene.require_no_sanitizer_report();
}

TEST_CASE("outside Redis's group what one side had cannot be read: it holds, and says what helps",
          "[unprivileged]") {
  Scene scene{as_service(Rights::service_outside_redis_group)};
  diverge(scene);
  scene.require_eventually("it holds and names the cure", [&] {
    return scene.owner.status().state == "holding" &&
           scene.owner.daemon->log().find(
               "Permission denied; make redvip's user a member of "
               "Redis's group (`adduser redvip redis`)") != std::string::npos;
  });
  scene.require_no_sanitizer_report();
}

TEST_CASE("status and history are for the group without root, and others are told how to join",
          "[unprivileged]") {
  Lab lab{as_service()};
  lab.start();
  must("chmod 0751 " + lab.a.folder.string());  // the operator is not in Redis's group
  const auto status = as_operator(lab.a, "status", true);
  INFO(status.output);
  CHECK(status.status == 0);
  CHECK(status.output.find("redis-a *  ") != std::string::npos);
  const auto history = as_operator(lab.a, "history", true);
  INFO(history.output);
  CHECK(history.status == 0);
  CHECK(history.output.find("starting -> standby") != std::string::npos);

  const std::string cure =
      "cannot be read: Permission denied; members of the group redvip may: `adduser NAME redvip`";
  for (const auto* command : {"status", "history"}) {
    const auto refused = as_operator(lab.a, command, false);
    INFO(refused.output);
    CHECK(refused.status == 5);
    CHECK(refused.output.find(cure) != std::string::npos);
  }
  must("chmod 0640 " + lab.a.config().string());
  const auto refused = as_operator(lab.a, "status", false);
  INFO(refused.output);
  CHECK(refused.status == 6);
  CHECK(refused.output.find(cure) != std::string::npos);
}

TEST_CASE("without root scripts run as redvip's own user, and another one is refused with the cure",
          "[unprivileged]") {
  auto setup = as_service();
  setup.redis_toml = R"(
[[service.track]]
name = "whoami"
script = ["/bin/sh", "-c", "test $(id -u) = 64321 && grep -q 'CapEff:.0000000000000000' /proc/self/status"]
weight = 1
[[service.track]]
name = "as nobody"
script = ["/bin/true"]
user = "nobody"
weight = 1
)";
  Lab lab{setup};
  lab.start();
  const bool said = eventually([&] {
    const auto log = lab.a.daemon->log();
    return log.find("whoami is well") != std::string::npos &&
           log.find(
               "as nobody fails: cannot be started: setgroups: Operation not permitted; redvip "
               "may not run it as another user: leave `user` empty, or give the unit the "
               "drop-in script-users.conf") != std::string::npos;
  });
  INFO(lab.describe());
  CHECK(said);
}

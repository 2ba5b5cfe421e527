// A configuration that is read again, and what it can newly say: tracks, routes, groups.
#include <sys/stat.h>

#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

constexpr const char* other_ip = "10.77.0.101";
const std::string one_address = "\"10.77.0.100/24\"";

void append(const Node& node, const std::string& text) {
  write_file(node.config(), read_file(node.config()) + text);
}

bool logged(const Node& node, const std::string& text) {
  return node.daemon->log().find(text) != std::string::npos;
}

std::size_t moves(const Scene& scene) {
  return scene.owner.history().size() + scene.standby.history().size();
}

void reload(Scene& scene) {
  for (const Node* node : {&scene.owner, &scene.standby}) node->daemon->signal(SIGHUP);
}

std::string routes_of(const Node& node) {
  const Inside here{node.host.net};
  return run("ip route show").output;
}

}  // namespace

TEST_CASE("addresses, routes and tracks come and go by a reload, and nothing moves", "[reload]") {
  Scene scene;
  const auto before = moves(scene);
  for (const Node* node : {&scene.owner, &scene.standby}) {
    rewrite(*node, one_address, one_address + ", \"10.77.0.101/24\"");
    append(*node,
           "routes = [\"10.99.0.0/16 via 10.77.0.9\"]\n[[service.track]]\nping = "
           "\"10.77.0.9\"\nweight = -20\n");
  }
  reload(scene);
  scene.require_eventually("the owner has the second address and the route", [&] {
    return scene.owner.host.has_address(other_ip) &&
           routes_of(scene.owner).find("10.99.0.0/16 via 10.77.0.9") != std::string::npos;
  });
  scene.require_eventually("what it pings is well",
                           [&] { return logged(scene.owner, "ping 10.77.0.9 is well"); });
  CHECK_FALSE(scene.standby.host.has_address(other_ip));
  CHECK(routes_of(scene.standby).find("10.99") == std::string::npos);

  for (const Node* node : {&scene.owner, &scene.standby}) {
    rewrite(*node, one_address + ", \"10.77.0.101/24\"", one_address);
    rewrite(*node, "routes = [\"10.99.0.0/16 via 10.77.0.9\"]\n", "");
  }
  reload(scene);
  scene.require_eventually("both are gone again", [&] {
    return !scene.owner.host.has_address(other_ip) &&
           routes_of(scene.owner).find("10.99") == std::string::npos;
  });
  scene.require_writes_go_on(500);
  CHECK(scene.writer.failures().empty());
  CHECK(moves(scene) == before);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("an invalid file changes nothing and says so", "[reload]") {
  Scene scene;
  const auto before = moves(scene);
  rewrite(scene.owner, one_address, "\"10.77.0.100/99\"");
  scene.owner.daemon->signal(SIGHUP);
  scene.require_eventually("it says so", [&] {
    return logged(scene.owner, "service.virtual_ips: found \"10.77.0.100/99\"") &&
           logged(scene.owner, "the running configuration stays as it is");
  });
  scene.require_writes_go_on(500);
  CHECK(scene.writer.failures().empty());
  CHECK(moves(scene) == before);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("a file that takes its time to be read keeps no advert waiting", "[reload]") {
  Scene scene;
  const auto before = moves(scene);
  const auto config = scene.owner.config();
  const auto text = read_file(config);
  std::filesystem::remove(config);
  REQUIRE(::mkfifo(config.c_str(), 0600) == 0);  // whoever reads it waits for whoever writes it
  scene.owner.daemon->signal(SIGHUP);
  const auto status = scene.owner.folder / "run" / "status.json";
  for (int i = 0; i < 4; ++i) {  // each half second, if the loop goes round
    const auto written = std::filesystem::last_write_time(status);
    scene.require_eventually("the owner goes on meanwhile",
                             [&] { return std::filesystem::last_write_time(status) != written; });
  }
  CHECK_FALSE(logged(scene.owner, "reloaded"));
  write_file(config, text);
  scene.require_eventually("it has been read", [&] { return logged(scene.owner, "reloaded"); });
  CHECK(scene.writer.failures().empty());
  CHECK(moves(scene) == before);
  scene.require_nothing_lost(scene.owner);
}

TEST_CASE("another VRID is another service: the owner hands over before it starts anew",
          "[reload]") {
  Scene scene;
  rewrite(scene.owner, "vrid = 51", "vrid = 52");
  scene.owner.daemon->signal(SIGHUP);
  scene.require_eventually("the other serves", [&] { return scene.standby.serves(); });
  scene.require_eventually("it has started anew", [&] { return scene.owner.status().vrid == 52; });
  scene.require_writes_go_on(500);
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("a tracked file that says 1 moves the service, and no write is lost", "[reload]") {
  Scene scene;
  const auto drain = scene.owner.folder / "drain";
  write_file(drain, "0\n");
  append(scene.owner,
         "[[service.track]]\nfile = \"" + drain.string() + "\"\ninterval = \"100ms\"\n");
  scene.owner.daemon->signal(SIGHUP);
  scene.require_eventually("it is well", [&] { return logged(scene.owner, "drain is well"); });
  CHECK(scene.owner.serves());
  write_file(drain, "1\n");
  scene.require_serves(scene.standby);
  scene.require_eventually("the owner says why", [&] {
    const auto status = scene.owner.status();
    return status.state == "fault" && status.reason.find("drain") != std::string::npos;
  });
  scene.require_nothing_lost(scene.standby);
}

TEST_CASE("services of a group move together", "[reload]") {
  Scene scene;
  std::vector<std::unique_ptr<Process>> second;
  for (const Node* node : {&scene.owner, &scene.standby}) {
    second.push_back(std::make_unique<Process>(
        node->host.net,
        std::vector<std::string>{"redis-server", "--port", "6380", "--bind", "0.0.0.0",
                                 "--protected-mode", "no", "--save", "", "--dir", node->folder},
        node->folder / "second.log"));
    append(*node,
           "group = \"shop\"\n[[service]]\nname = \"queue\"\nvrid = 52\nvirtual_ips = "
           "[\"10.77.0.101/24\"]\nredis.port = 6380\ngroup = \"shop\"\n");
  }
  reload(scene);
  const auto together_on = [&](const Node& node) {
    return node.serves() && node.host.has_address(other_ip) && scene.lab.vip_holders() == 1 &&
           scene.lab.settled();
  };
  scene.require_eventually("the second service comes to the owner of the first",
                           [&] { return together_on(scene.owner); });
  scene.require_eventually("and can move", [&] {
    return run_redvip(scene.owner, "status").output.find("no standby") == std::string::npos;
  });
  (void)run_redvip(scene.owner, "switchover cache");
  scene.require_eventually("both move at a switchover of the first",
                           [&] { return together_on(scene.standby); });
  scene.require_nothing_lost(scene.standby);
}

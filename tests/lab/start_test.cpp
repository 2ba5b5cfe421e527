// The first seconds: who leads, and what a daemon that must not start leaves alone.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

constexpr int some_keys = 100;

void fill(const Redis& redis) {
  for (int i = 0; i < some_keys; ++i) {
    (void)redis.command({"SET", "old:" + std::to_string(i), "data"});
  }
}

// The node with data is the less preferred one, so that preference alone would wipe it.
void data_leads(Lab& lab, Node& first, Node& second) {
  fill(lab.b.redis);
  lab.start(first);
  REQUIRE(eventually([&] { return !first.status().state.empty(); }));
  lab.start(second);
  const bool leads = eventually([&] { return lab.b.holds_vip() && lab.settled(); });
  INFO(lab.describe());
  REQUIRE(leads);
  CHECK(lab.b.redis.keys() == some_keys);
  CHECK(eventually([&] { return lab.a.redis.keys() == some_keys; }));
}

}  // namespace

TEST_CASE("both hosts start at the same time: one owns the address, the other follows", "[start]") {
  Lab lab;
  lab.start();
  CHECK(lab.vip_holders() == 1);
  CHECK(lab.owner().serves());
}

TEST_CASE("the empty host starts first: the one with data leads all the same", "[start]") {
  Lab lab;
  data_leads(lab, lab.a, lab.b);
}

TEST_CASE("the host with data starts first: it leads and the empty one follows", "[start]") {
  Lab lab;
  data_leads(lab, lab.b, lab.a);
}

TEST_CASE("both hosts start at the same time: the one with data leads", "[start]") {
  Lab lab;
  fill(lab.b.redis);
  lab.start();
  CHECK(lab.b.serves());
  CHECK(lab.b.redis.keys() == some_keys);
}

TEST_CASE("a bad configuration ends the daemon with 6 and nothing is touched", "[start]") {
  Lab lab;
  write_redvip_config(lab, lab.a);
  write_file(lab.a.config(), read_file(lab.a.config()) + "no_such_key = 1\n");
  Process daemon{lab.a.host.net,
                 {redvip_binary(), "run", "--config", lab.a.config()},
                 lab.a.folder / "daemon.log"};
  CHECK(daemon.wait(std::chrono::seconds{10}) == 6);
  CHECK(daemon.log().find("no_such_key") != std::string::npos);
  CHECK_FALSE(lab.a.holds_vip());
  CHECK(lab.a.redis.is_master());
  CHECK_FALSE(std::filesystem::exists(lab.a.folder / "run"));
}

TEST_CASE("a Redis that hangs holds up no start; what is wrong with it is said afterwards",
          "[start]") {
  Lab lab;
  lab.a.redis.freeze();
  lab.start(lab.a);
  const auto place = [&](const std::string& text) { return lab.a.daemon->log().find(text); };
  const std::string finding = "warning redis-a 10.77.0.1:6379: ";
  const bool checked = eventually([&] { return place(finding) != std::string::npos; });
  INFO(lab.describe());
  REQUIRE(checked);
  CHECK(place(" on redis-a, 1 service") < place(finding));
}

TEST_CASE("an address that a stranger has is not taken; the stranger is named, and gone, it is",
          "[start]") {
  Lab lab;
  const auto stranger = [&](const std::string& verb) {
    const Inside here{lab.network.client.net};
    must("ip address " + verb + " 10.77.0.100/32 dev eth0");
  };
  stranger("add");
  lab.start(lab.a);
  lab.start(lab.b);
  const auto refuses = [](const Node& node) {
    const auto status = node.status();
    return status.state == "holding" && status.reason.find("another machine, ") == 0 &&
           status.reason.find(" answers for 10.77.0.100") != std::string::npos;
  };
  {
    const bool held = eventually([&] { return refuses(lab.a) && refuses(lab.b); });
    INFO(lab.describe());
    REQUIRE(held);
  }
  CHECK(lab.vip_holders() == 0);
  stranger("delete");
  const bool settled = eventually([&] { return lab.settled(); }, std::chrono::seconds{30});
  INFO(lab.describe());
  CHECK(settled);
}

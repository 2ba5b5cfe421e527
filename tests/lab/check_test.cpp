// `redvip check` finds before going live what would fail at the first failover, and names the cure.
#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

void says(const Node& node, std::initializer_list<std::string> words) {
  const Outcome outcome = run_redvip(node, "check");
  INFO(outcome.output);
  CHECK(outcome.status != 0);
  for (const std::string& word : words) {
    INFO("the word " << word);
    CHECK(outcome.output.find(word) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("check is content with a running pair", "[check]") {
  Lab lab;
  lab.start();
  const Outcome outcome = run_redvip(lab.a, "check");
  INFO(outcome.output);
  CHECK(outcome.status == 0);
}

TEST_CASE("check names a wrong Redis password and the key that holds it", "[check]") {
  Lab lab{
      {.redis_options = {"--requirepass", "right"}, .redis_toml = "redis.password = \"wrong\"\n"}};
  write_redvip_config(lab, lab.a);
  says(lab.a, {"WRONGPASS", "redis.password"});
}

TEST_CASE("check names a Redis that listens on 127.0.0.1 only and the bind line to change",
          "[check]") {
  Lab lab{{.redis_options = {"--bind", "127.0.0.1"}}};
  write_redvip_config(lab, lab.a);
  says(lab.a, {"10.77.0.1:6379", "bind"});
}

TEST_CASE("check names a keepalived of this host that has the same VRID", "[check]") {
  Lab lab{{.manager = Manager::keepalived}};
  lab.start(lab.a);
  REQUIRE(eventually([&] { return lab.a.holds_vip(); }));
  write_redvip_config(lab, lab.a);
  says(lab.a, {"keepalived", "VRID 51", "disable"});
}

TEST_CASE("check names a stranger on the wire that has the same VRID", "[check]") {
  Lab lab;
  Node stranger{lab.network.client, lab.workspace.path(), lab.setup};
  stranger.daemon = start_keepalived(lab, stranger);
  REQUIRE(eventually([&] { return stranger.holds_vip(); }));
  write_redvip_config(lab, lab.a);
  says(lab.a, {"10.77.0.9", "VRID 51", "keepalived"});
}

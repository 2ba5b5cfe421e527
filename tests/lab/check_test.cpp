// `redvip check` finds before going live what would fail at the first failover, and names the cure.
#include <sstream>

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

// A user that may only +ping and what `more` allows, on both.
const Setup with_user{.redis_toml = "redis.username = \"vip\"\nredis.password = \"secret\"\n"};

void allow(Lab& lab, const std::vector<std::string>& more) {
  for (const Node* node : {&lab.a, &lab.b}) {
    std::vector<std::string> words{"ACL", "SETUSER", "vip", "on", ">secret"};
    words.insert(words.end(), more.begin(), more.end());
    const Reply reply = node->redis.command(words);
    REQUIRE(reply);
    REQUIRE(reply->type == REDIS_REPLY_STATUS);
  }
}

// The rules of the ACL line that check proposes.
std::vector<std::string> proposed_rules(const std::string& output) {
  const std::string line = "ACL SETUSER vip ";
  const auto at = output.find(line);
  REQUIRE(at != std::string::npos);
  const auto start = at + line.size();
  std::istringstream words{output.substr(start, output.find(',', start) - start)};
  std::vector<std::string> rules;
  for (std::string word; words >> word;) rules.push_back(word);
  return rules;
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

TEST_CASE("check names a keepalived on the other node, which advertises as redvip would",
          "[check]") {
  Lab lab{{.manager = Manager::keepalived}};
  lab.start(lab.b);
  REQUIRE(eventually([&] { return lab.b.holds_vip(); }));
  write_redvip_config(lab, lab.a);
  const Outcome outcome = run_redvip(lab.a, "check");
  INFO(outcome.output);
  CHECK(outcome.output.find("OK       cache: 10.77.0.2 (redis-b) advertises VRID 51") !=
        std::string::npos);
  CHECK(outcome.output.find("redis-b advertises VRID 51, but no redvip is connected") !=
        std::string::npos);
}

TEST_CASE("check outlives a Redis that says no and hangs up, and looks at the others", "[check]") {
  Lab lab{{.redis_options = {"--protected-mode", "yes"}}};
  write_redvip_config(lab, lab.a);
  says(lab.a, {"10.77.0.1:6379: protected mode denies", "10.77.0.2:6379: protected mode denies",
               "2 problems", "not ready"});
}

TEST_CASE("check --offline needs no host and no Redis, and as JSON it is one object a line",
          "[check]") {
  Lab lab;
  write_redvip_config(lab, lab.a);
  const Inside nowhere{lab.network.wire()};
  const auto check = redvip_binary() + " check --offline --config " + lab.a.config().string();
  const Outcome text = run(check);
  INFO(text.output);
  CHECK(text.status == 0);
  CHECK(text.output.find("this is") == std::string::npos);
  CHECK(text.output.find("the file is good\n") != std::string::npos);
  const Outcome json = run(check + " --json");
  CHECK(json.status == 0);
  std::istringstream lines{json.output};
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.starts_with("{\"level\":\"ok\",\"subject\":\""));
  }
  CHECK(run(check + " --node redis-c").status == 1);
}

TEST_CASE("check names a stranger on the wire that has the same VRID", "[check]") {
  Lab lab;
  Node stranger{lab.network.client, lab.workspace.path(), lab.setup};
  stranger.daemon = start_keepalived(lab, stranger);
  REQUIRE(eventually([&] { return stranger.holds_vip(); }));
  write_redvip_config(lab, lab.a);
  says(lab.a, {"10.77.0.9", "VRID 51", "keepalived"});
}

TEST_CASE("check names every command that its user may not use and the rule that allows them",
          "[check]") {
  Lab lab{with_user};
  write_redvip_config(lab, lab.a);
  allow(lab, {"-@all", "+multi", "+exec", "+info", "+client|pause", "+client|unpause",
              "+client|setname", "+config|get", "+psync"});
  says(lab.a, {"may not REPLICAOF, CLIENT KILL, BGSAVE - ACL SETUSER vip +replicaof +client|kill "
               "+bgsave"});
}

TEST_CASE("what check proposes to a user that may do nothing makes it content", "[check]") {
  Lab lab{with_user};
  write_redvip_config(lab, lab.a);
  allow(lab, {"-@all"});
  const Outcome nothing = run_redvip(lab.a, "check");
  INFO(nothing.output);
  CHECK(nothing.status != 0);
  allow(lab, proposed_rules(nothing.output));
  const Outcome outcome = run_redvip(lab.a, "check");
  INFO(outcome.output);
  CHECK(outcome.status == 0);
}

TEST_CASE("check names a PSYNC that is forbidden where it may ask for it", "[check]") {
  Lab lab{with_user};
  write_redvip_config(lab, lab.a);
  allow(lab, {"+@all", "-psync"});
  says(lab.a, {"may not PSYNC"});
}

TEST_CASE("check names a command that was renamed, and changes nothing itself", "[check]") {
  Lab lab{{.redis_options = {"--rename-command", "REPLICAOF", "hidden"}}};
  write_redvip_config(lab, lab.a);
  says(lab.a, {"10.77.0.1:6379: does not know REPLICAOF"});
  CHECK(lab.a.redis.is_master());
  CHECK(lab.a.redis.info("rdb_saves") == "0");
}

TEST_CASE("check names a node whose masterauth another node refuses, and no password", "[check]") {
  Lab lab{
      {.redis_options = {"--requirepass", "right"}, .redis_toml = "redis.password = \"right\"\n"}};
  write_redvip_config(lab, lab.a);
  for (const auto& [node, password] : {std::pair{&lab.a, "wrong"}, std::pair{&lab.b, "right"}}) {
    RedisClient admin{node->host, node->host.address, std::chrono::seconds{1},
                      std::chrono::seconds{1}};
    REQUIRE(admin.command({"AUTH", "right"}));
    REQUIRE(admin.command({"CONFIG", "SET", "masterauth", password}));
  }
  const Outcome outcome = run_redvip(lab.a, "check");
  INFO(outcome.output);
  CHECK(outcome.status != 0);
  CHECK(
      outcome.output.find("redis-a could not follow redis-b, which answers its login: WRONGPASS") !=
      std::string::npos);
  CHECK(outcome.output.find("redis-b could not follow") == std::string::npos);
  CHECK(outcome.output.find("wrong") == std::string::npos);
  CHECK(outcome.output.find("right") == std::string::npos);
}

TEST_CASE("check names a Sentinel that watches a Redis", "[check]") {
  Lab lab;
  write_redvip_config(lab, lab.a);
  constexpr std::chrono::seconds patience{1};
  RedisClient sentinel{lab.network.client, lab.b.host.address, patience, patience};
  REQUIRE(sentinel.command({"CLIENT", "SETNAME", "sentinel-f6fd34a4-cmd"}));
  says(lab.a, {"10.77.0.2:6379: a Sentinel watches it, from 10.77.0.9"});
}

TEST_CASE("check finds nf_tables beside a running daemon", "[check]") {
  Lab lab;
  lab.start(lab.a);
  REQUIRE(eventually([&] { return lab.a.holds_vip(); }));
  const Outcome outcome = run_redvip(lab.a, "check");
  INFO(outcome.output);
  CHECK(outcome.output.find("nft") == std::string::npos);
}

#include "catch.hpp"
#include "check_sample.hpp"

namespace redvip::daemon {

namespace {

std::string said_of(const std::string& text, std::optional<NodeIndex> self = 0,
                    bool secrets_open = true) {
  return lines_of(judge_file("r.toml", parse(text).value(), self, secrets_open));
}

std::string faults_of(const std::string& text, bool secrets_open = true) {
  return faults(judge_file("r.toml", parse(text).value(), 0, secrets_open));
}

std::string refused(const std::string& message, const std::string& where = "r.toml:3:5") {
  return lines_of(judge_refused_file({{message, where}}));
}

}  // namespace

TEST_CASE("what a file means is said in a few lines") {
  CHECK(
      said_of(minimal) ==
      "OK       r.toml: this is redis-a\n"
      "OK       r.toml: 2 nodes: redis-a 10.77.0.1, redis-b 10.77.0.2\n"
      "OK       cache: 10.77.0.100/24 for the Redis on port 6379\n"
      "OK       cache: VRID 51 in VRRPv3 by multicast, an advert every 100 ms\n"
      "OK       cache: priorities redis-a 250, redis-b 245, and a healthy owner keeps it (preempt "
      "= false)\n");
}

TEST_CASE("which node this is is said only where it can be told") {
  CHECK(said_of(minimal, std::nullopt).find("this is") == std::string::npos);
}

TEST_CASE("what is chosen otherwise is said as it is") {
  const auto text = said_of(minimal +
                            "interface = \"eth0\"\nversion = 2\nunicast = true\npreempt = true\n"
                            "priorities = { redis-a = 100, redis-b = 200 }\n");
  CHECK(text.find("for the Redis on port 6379, on eth0\n") != std::string::npos);
  CHECK(text.find("VRID 51 in VRRPv2 by unicast, an advert every 1 s\n") != std::string::npos);
  CHECK(
      text.find("priorities redis-b 200, redis-a 100, and the highest that is fit takes over\n") !=
      std::string::npos);
}

TEST_CASE("a password in a file that everyone may read is a warning") {
  const auto secret = minimal + "redis.password = \"hunter2\"\n";
  CHECK(faults_of(secret) ==
        "WARNING  r.toml: holds a password and may be read by everyone - chmod 640 r.toml, or use "
        "password_file\n");
  CHECK(faults_of(secret, false) == "");
  CHECK(faults_of(minimal) == "");
}

TEST_CASE("one node alone is a warning") {
  CHECK(faults_of(minimal + "nodes = [\"redis-a\"]\n") ==
        "WARNING  cache: has one node only, so nobody can take over - add the other host as a "
        "[[node]]; the file is the same on both\n");
}

TEST_CASE("a weight that is smaller than the gap of the priorities is a warning") {
  const auto with = [](const std::string& weight) {
    return faults_of(minimal + "track = [{ interface = \"eth1\", weight = " + weight + " }]\n");
  };
  CHECK(with("-5") ==
        "WARNING  cache: the weight -5 of track eth1 moves nothing: the priorities are 5 or more "
        "apart - make it larger than the difference of the priorities\n");
  CHECK(with("5") != "");
  CHECK(with("-6") == "");
  CHECK(with("0") == "");
}

TEST_CASE("a virtual IP far from every node is a warning, a host route's is not") {
  const auto with = [](const std::string& ip) {
    return faults(judge_far_addresses(parse(replaced(minimal, "10.77.0.100/24", ip)).value()));
  };
  CHECK(with("10.78.0.100/24") ==
        "WARNING  cache: 10.78.0.100/24 is in another subnet than every node - clients need a "
        "route to it; check the address and its prefix length\n");
  CHECK(with("10.77.0.100/24") == "");
  CHECK(with("10.78.0.100/32") == "");
}

TEST_CASE("an error of the file is a problem whose cure is what is allowed") {
  CHECK(refused("service.vrid: found 300; allowed: an integer 1..255") ==
        "PROBLEM  r.toml:3:5: service.vrid: found 300 - allowed: an integer 1..255\n");
  CHECK(refused("this is not TOML: x") ==
        "PROBLEM  r.toml:3:5: this is not TOML: x - correct it; docs/configuration.md has every "
        "key\n");
  CHECK(refused("cannot be read: No such file or directory", "/x") ==
        "PROBLEM  /x: cannot be read: No such file or directory - name the right file with "
        "--config, or run as root\n");
}

TEST_CASE("the summary counts what is wrong and says whether to go live") {
  const Finding ok{Level::ok, "x", "", "", false};
  const Finding warning{Level::warning, "x", "", "", false};
  const Finding problem{Level::problem, "x", "", "", false};
  CHECK(summary({ok}, false) == "ready");
  CHECK(summary({ok}, true) == "the file is good");
  CHECK(summary({ok, warning}, false) == "1 warning: ready");
  CHECK(summary({problem, problem, warning}, false) == "2 problems, 1 warning: not ready");
  CHECK(summary({problem}, true) == "1 problem: not ready");
}

TEST_CASE("a finding as JSON has its four members, whatever they contain") {
  CHECK(to_json_line({Level::warning, "cache", "says \"no\"", "ask", false}) ==
        R"({"level":"warning","subject":"cache","text":"says \"no\"","cure":"ask"})");
  CHECK(to_json_line({Level::ok, "x", "y", "", true}) ==
        R"({"level":"ok","subject":"x","text":"y","cure":""})");
  CHECK(to_json_line({Level::problem, "x", "y", "z", true}).starts_with(R"({"level":"problem")"));
}

}  // namespace redvip::daemon

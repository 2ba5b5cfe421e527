#include "catch.hpp"
#include "daemon/cli_switchover.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

ServiceStatus fit_pair() {
  auto service = sample_status().services[0];
  service.nodes[1].state = "standby";
  service.nodes[1].objection = "";
  service.estimate = Millis{5};
  return service;
}

std::string unmet(const ServiceStatus& service, const std::string& to = "") {
  const auto preview = preview_switchover(service, to);
  std::string text;
  for (const auto& check : preview.checks) {
    if (!check.met) text += check.text;
  }
  CHECK(text.empty() == !preview.plan.empty());
  return text;
}

}  // namespace

TEST_CASE("a switchover that is possible is previewed with its plan and its price") {
  const auto preview = preview_switchover(fit_pair(), "");
  CHECK(unmet(fit_pair()).empty());
  CHECK(unmet(fit_pair(), "redis-b").empty());
  REQUIRE(preview.checks.size() == 3);
  CHECK(preview.checks[2].text ==
        "redis-b could take over: its Redis is in sync, lag 0 B, its redvip is in standby");
  CHECK(preview.plan.find("writes wait about 5 ms") != std::string::npos);
}

TEST_CASE("each thing that stands against a switchover is named") {
  auto service = fit_pair();
  CHECK(unmet(service, "redis-a") == "redis-a already owns cache");
  service.paused = true;
  CHECK(unmet(service) == "paused: 'redvip resume' first");
  service = fit_pair();
  service.nodes[1].objection = "its redvip is paused";
  service.failover = "redis-b: its redvip is paused";
  CHECK(unmet(service) == "nobody could take over: redis-b: its redvip is paused");
  CHECK(unmet(service, "redis-b") == "redis-b: its redvip is paused");
  service = fit_pair();
  service.owner.reset();
  service.nodes[0].objection = "its dataset is not proven";
  CHECK(unmet(service, "redis-a") ==
        "nobody owns cache: an election is under wayredis-a: its dataset is not proven");
}

TEST_CASE("on a standby the switchover is a take-over by that node, and of no other") {
  auto service = fit_pair();
  service.owner = "redis-b";
  service.nodes[0].objection = "";
  service.nodes[1].objection.reset();
  service.estimate.reset();
  CHECK(unmet(service).empty());
  CHECK(preview_switchover(service, "").plan.find("until redis-a has applied") !=
        std::string::npos);
  auto third = service.nodes[1];
  third.name = "redis-c";
  service.nodes.push_back(third);
  CHECK(unmet(service, "redis-c").find("can be judged only there") != std::string::npos);
}

}  // namespace redvip::daemon

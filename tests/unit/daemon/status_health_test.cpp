#include "daemon/status_health.hpp"

#include "catch.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

const WallTime written = parse_time("2026-11-19T03:12:09.000Z").value();

template <class Spoil>
int code_when(Spoil spoil) {
  auto status = sample_status();
  spoil(status.services[0]);
  return exit_code(status, written);
}

}  // namespace

TEST_CASE("a healthy pair is 0") {
  CHECK(exit_code(sample_status(), written) == 0);
}

TEST_CASE("1 means that it serves, but not everything is as it should be") {
  CHECK(code_when([](auto& service) { service.paused = true; }) == 1);
  CHECK(code_when([](auto& service) { service.nodes[1].problem = "refused"; }) == 1);
  CHECK(code_when([](auto& service) { service.nodes[1].redis.reset(); }) == 1);
  CHECK(code_when([](auto& service) { service.nodes[1].redis->link = "down"; }) == 1);
}

TEST_CASE("2 means that nobody could take over, 3 nobody serves, 4 two do") {
  const auto alone = [](ServiceStatus& service) { service.failover_possible = false; };
  const auto ownerless = [&](ServiceStatus& service) { alone(service), service.owner.reset(); };
  const auto twice = [&](ServiceStatus& service) { ownerless(service), service.two_owners = true; };
  CHECK(code_when(alone) == 2);
  CHECK(code_when(ownerless) == 3);
  CHECK(code_when(twice) == 4);
}

TEST_CASE("the worst service decides") {
  auto status = sample_status();
  status.services.push_back(status.services[0]);
  status.services[0].owner.reset();
  CHECK(exit_code(status, written) == 3);
}

TEST_CASE("5 means that the status is older than two seconds, or of no known time") {
  auto status = sample_status();
  CHECK(exit_code(status, written + Millis{2000}) == 0);
  CHECK(exit_code(status, written + Millis{2001}) == 5);
  status.written_at = "yesterday";
  CHECK(exit_code(status, written) == 5);
}

TEST_CASE("times are UTC with milliseconds, to the day") {
  CHECK(parse_time("1970-01-02T00:00:01.005Z").value().time_since_epoch() == Millis{86'401'005});
  for (const auto* text : {"", "1970-02-30T00:00:00.000Z", "1970-01-02 00:00:01.005Z",
                           "1970-01-02T00:00:01.005", "19x0-01-02T00:00:01.005Z"}) {
    CHECK_FALSE(parse_time(text).has_value());
  }
}

}  // namespace redvip::daemon

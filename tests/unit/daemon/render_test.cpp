#include "daemon/render.hpp"

#include "catch.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

const WallTime now = parse_time("2026-11-19T03:12:10.000Z").value();

std::string shown(const DaemonStatus& status) {
  return render_status(status, now);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a status is one screen with all nodes side by side") {
  CHECK(shown(sample_status()) ==
        "redvip 0.1.0 on redis-a, pid 1234, 2026-11-19T03:12:09.000Z  fine\n"
        "\n"
        "cache  VRID 51  10.77.0.100/24 on eth0  owner redis-a  fine\n"
        " node       state    VIP  redis           link      offset  lag  prio   seen\n"
        " redis-a *  serving  yes  master 7.0.15   -     88,120,441    -   250  local\n"
        " redis-b    unknown  -    replica 7.0.15  up    88,120,441  0 B   245   0.1s\n"
        " failover now: yes, to redis-b\n"
        " paused: no\n"
        " serving since 2026-11-19T03:12:07.113Z: redis-b fell silent\n");
}

TEST_CASE("a Redis that cannot be seen is question marks and its problem a line") {
  auto status = sample_status();
  auto& node = status.services[0].nodes[1];
  node.redis.reset();
  node.last_seen.reset();
  node.problem = "10.77.0.2:6379: connection refused";
  status.services[0].failover_possible = false;
  status.services[0].failover = "redis-b cannot be reached";
  const auto text = shown(status);
  CHECK(contains(text,
                 " redis-b    unknown  -    ?              ?              ?    ?   245  never"));
  CHECK(contains(text, " redis-b: 10.77.0.2:6379: connection refused\n"));
  CHECK(contains(text, " failover now: no, redis-b cannot be reached\n"));
}

TEST_CASE("a status that nobody refreshes says so") {
  CHECK(contains(render_status(sample_status(), now + Seconds{5}),
                 "daemon not running\nThis is old: the daemon no longer refreshes it.\n"));
}

TEST_CASE("colour appears only when asked for") {
  CHECK_FALSE(contains(shown(sample_status()), "\x1b"));
  CHECK(contains(render_status(sample_status(), now, Colour::always), "\x1b[32mfine\x1b[0m"));
}

TEST_CASE("a Redis cannot send escape sequences to the terminal") {
  auto status = sample_status();
  status.services[0].nodes[1].redis->version = "7\x1b[2J";
  CHECK_FALSE(contains(shown(status), "\x1b"));
  auto record = sample_record();
  record.cause = "\x1b[2J\n";
  CHECK_FALSE(contains(render_history(record), "\x1b"));
}

TEST_CASE("a transition is one line with its cause and phases") {
  CHECK(render_history(sample_record()) ==
        "2026-11-19T03:12:07.113Z  redis-a  cache  standby -> promoting  redis-b fell silent  "
        "[detect 305.2 ms, promote 1.5 ms]");
}

TEST_CASE("a refusal is a line that says that nothing changed") {
  auto record = sample_record();
  record.to = record.from;
  record.phases_ms.clear();
  CHECK(render_history(record) ==
        "2026-11-19T03:12:07.113Z  redis-a  cache  standby, unchanged  redis-b fell silent");
}

TEST_CASE("numbers are grouped by thousands") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1000) == "1,000");
  CHECK(thousands(88120441) == "88,120,441");
  CHECK(thousands(-123) == "-123");
  CHECK(thousands(-1234) == "-1,234");
}

}  // namespace redvip::daemon

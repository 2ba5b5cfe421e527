#include "daemon/render.hpp"

#include "catch.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

std::string shown(const DaemonStatus& status) {
  return render_status(status, sample_now);
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
        " serving since 2026-11-19T03:12:07.113Z (2 s): redis-b fell silent\n");
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
  CHECK(
      contains(render_status(sample_status(), sample_now + Seconds{5}),
               "daemon not running\nIt wrote its status last 6 s ago, so nothing is known now.\n"));
  CHECK_FALSE(contains(render_status(sample_status(), sample_now + Seconds{5}), "serving"));
}

TEST_CASE("colour appears only when asked for") {
  CHECK_FALSE(contains(shown(sample_status()), "\x1b"));
  CHECK(
      contains(render_status(sample_status(), sample_now, Colour::always), "\x1b[32mfine\x1b[0m"));
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

TEST_CASE("what was lost or saved, and who asked, ends the line of a transition") {
  auto record = sample_record();
  record.phases_ms.clear();
  record.at_most_lost = 1536;
  record.diverged = 20;
  record.saved_in = "/var/lib/redvip/diverged/x";
  record.by = "alice";
  CHECK(contains(
      render_history(record),
      "  lost at most 1.5 KiB  diverged 20 B  saved in /var/lib/redvip/diverged/x  by alice"));
  record.at_most_lost = 0;
  CHECK(contains(render_history(record), "  nothing lost"));
}

TEST_CASE("a pause says since when and until when, and is an alarm after an hour") {
  auto status = sample_status();
  auto& service = status.services[0];
  service.paused = true;
  service.paused_since = "2026-11-19T03:10:10.000Z";
  service.paused_until = "2026-11-19T05:00:00.000Z";
  CHECK(contains(shown(status),
                 " paused: yes, nothing changes by itself on this node; for 2 min 0 s, "
                 "until 2026-11-19T05:00:00.000Z\n"));
  CHECK(contains(render_status(status, sample_now, Colour::always), "\x1b[33myes, nothing"));
  service.paused_since = "2026-11-19T01:10:10.000Z";
  status.services[0].nodes[1].paused = true;
  CHECK(contains(render_status(status, sample_now, Colour::always), "\x1b[31myes, nothing"));
  CHECK(contains(shown(status), " redis-b    unknown, paused  "));
}

TEST_CASE("a failover that is possible says about how long it takes; a failing track is a line") {
  auto status = sample_status();
  status.services[0].estimate = Millis{5};
  status.services[0].tracks = {{"eth1", true, 0, ""}, {"gateway", false, -20, "no answer"}};
  CHECK(contains(shown(status), " failover now: yes, to redis-b, about 5 ms\n"));
  CHECK(contains(shown(status), " track gateway fails: no answer\n"));
  CHECK_FALSE(contains(shown(status), "eth1"));
}

TEST_CASE("an age is its two largest units") {
  CHECK(age_text(Millis{900}) == "0 s");
  CHECK(age_text(Seconds{125}) == "2 min 5 s");
  CHECK(age_text(Seconds{7800}) == "2 h 10 min");
  CHECK(age_text(Seconds{273600}) == "3 d 4 h");
  CHECK(age_text(Millis{-5}) == "0 s");
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

#include "daemon/divergence_files.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::daemon;

namespace {

const std::string noon = "2026-11-19T12:00:00.000Z";
using Names = std::vector<std::string>;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Readme readme() {
  return {"cache",
          noon,
          {IpAddress{0x0A4D0001}, 6380},
          "/var/lib/redvip/diverged/cache-" + noon,
          {"redis-b", "redis-b was promoted while this node was cut off", std::string(40, 'a'), 55,
           176},
          redis::TailReport{121, 3, 98, 23, 0, true},
          ""};
}

}  // namespace

TEST_CASE("a save is known by its service and a time, and by nothing less") {
  CHECK(is_save_of("cache", save_name("cache", noon)));
  CHECK(is_save_of("cache", "cache-2026-11-19T03:12:07.113Z"));
  for (const auto* name : {"cache", "cache-", "cache-backup", "cache-2026-11-19", "..",
                           "cache-2026-11-19T03:12:07.113Z.tmp", "cache-2026-11-19T03:12:07.11Z",
                           "other-2026-11-19T03:12:07.113Z", "cache-2026-11-19x03:12:07.113Z",
                           "cache-two-2026-11-19T03:12:07.113Z"}) {
    CAPTURE(name);
    CHECK_FALSE(is_save_of("cache", name));
  }
  CHECK(is_save_of("cache-two", "cache-two-2026-11-19T03:12:07.113Z"));
}

TEST_CASE("the oldest saves beyond the number go, whatever order they are found in") {
  CHECK(saves_to_remove({{"b", 1}, {"d", 1}, {"a", 1}, {"c", 1}}, {2, 100}) == Names{"b", "a"});
  CHECK(saves_to_remove({{"b", 1}, {"a", 1}}, {2, 100}).empty());
  CHECK(saves_to_remove({}, {2, 100}).empty());
}

TEST_CASE("the oldest saves beyond the size go, and everything older than those") {
  CHECK(saves_to_remove({{"a", 1}, {"b", 50}, {"c", 60}}, {10, 100}) == Names{"b", "a"});
  CHECK(saves_to_remove({{"a", 40}, {"c", 60}}, {10, 100}).empty());
}

TEST_CASE("the newest save stays, however small the limits are") {
  CHECK(saves_to_remove({{"a", 1}, {"b", 500}}, {0, 0}) == Names{"a"});
  CHECK(saves_to_remove({{"b", 500}}, {0, 0}).empty());
}

TEST_CASE("the README tells what was kept, why, how much, and how to use it") {
  const auto text = text_of(readme());
  CHECK(says(text, "Redis 10.77.0.1:6380 of service \"cache\""));
  CHECK(says(text, "told to follow redis-b"));
  CHECK(says(text, "Why:  redis-b was promoted while this node was cut off\n"));
  CHECK(says(text, "3 commands of clients, 98 bytes"));
  CHECK(says(text, "offsets 56 to 176 (121 bytes"));
  CHECK(says(text, "redis-cli -h ADDRESS -p 6380 --pipe < '/var/lib/redvip/diverged/cache-" + noon +
                       "/tail.resp'"));
  CHECK_FALSE(says(text, "assumed"));
  const auto lines = std::ranges::count(text, '\n');
  CHECK(lines <= 35);
}

TEST_CASE("the README says which database is only assumed, and how to choose another") {
  auto unproven = readme();
  unproven.tail->database_known = false;
  unproven.tail->database = 7;
  const auto text = text_of(unproven);
  CHECK(says(text, "not proven: 7 is assumed"));
  CHECK(says(text, "tail -c +24 '"));
  CHECK(says(text, "-n N --pipe"));
}

TEST_CASE("the README says why there is no tail, and offers none") {
  auto without = readme();
  without.tail.reset();
  without.tail_problem = "the replication backlog holds bytes 100 to 176, not 56 to 176";
  const auto text = text_of(without);
  CHECK(says(text, "There is no tail.resp: the replication backlog holds bytes 100 to 176"));
  CHECK_FALSE(says(text, "--pipe"));
  CHECK(says(text, "dataset.rdb"));
}

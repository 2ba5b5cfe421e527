#include "redis/stream_part.hpp"

#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "redis/info.hpp"

using namespace redvip;
using namespace redvip::redis;

namespace {

const std::string line(40, 'a');
const StreamPart wanted{line, 57, 176};

Observation parked() {
  Observation seen;
  seen.version = "7.0.15";
  seen.role = Role::replica;
  seen.master_host = "127.0.0.1";
  seen.master_port = 0;
  seen.replid = line;
  seen.backlog_active = true;
  seen.backlog_first_byte_offset = 1;
  seen.backlog_histlen = 176;
  return seen;
}

Observation unparked() {
  auto seen = parked();
  seen.role = Role::master;
  seen.replid = std::string(40, 'b');
  seen.replid2 = line;
  seen.second_repl_offset = 177;
  return seen;
}

std::string no(const Observation& seen, const StreamPart& part = wanted) {
  return why_not_to_unpark(seen, part).value_or("");
}

}  // namespace

TEST_CASE("a parked Redis whose backlog holds every byte may be un-parked") {
  CHECK(no(parked()).empty());
  CHECK(no(parked(), {line, 1, 176}).empty());
  CHECK(no(parked(), {line, 176, 176}).empty());
}

TEST_CASE("a Redis that is not parked is left alone") {
  auto seen = parked();
  seen.role = Role::master;
  CHECK(no(seen) == "Redis is a master, not parked");
  seen.role = Role::replica;
  seen.master_host = "10.77.0.2";
  seen.master_port = 6379;
  CHECK(no(seen) == "Redis follows 10.77.0.2:6379, it is not parked");
  seen = parked();
  seen.loading = true;
  CHECK(no(seen) == "Redis is loading its dataset");
}

TEST_CASE("bytes that the backlog does not hold are not asked for") {
  auto seen = parked();
  seen.backlog_first_byte_offset = 58;
  seen.backlog_histlen = 119;
  CHECK(no(seen) ==
        "the replication backlog holds bytes 58 to 176, not 57 to 176 (see repl-backlog-size)");
  CHECK(no(parked(), {line, 57, 177}).find("1 to 176, not 57 to 177") != std::string::npos);
  seen.backlog_active = false;
  CHECK(no(seen) == "Redis has no replication backlog");
  CHECK(no(parked(), {line, 57, 56}) == "no bytes are asked for");
  CHECK(no(parked(), {line, 0, 56}) == "no bytes are asked for");
}

TEST_CASE("another line of history is not un-parked") {
  auto seen = parked();
  seen.replid2 = line;
  seen.replid = std::string(40, 'c');
  CHECK(no(seen).find("is " + seen.replid + ", not " + line) != std::string::npos);
}

TEST_CASE("only a Redis that can pause writes alone is un-parked") {
  auto seen = parked();
  for (const auto* version : {"6.2.0", "7.4.1", "8.0.2", "10.0.0", "valkey 7.2.5"}) {
    seen.version = version;
    CHECK(no(seen).empty());
  }
  for (const auto* version : {"6.0.20", "5.0.14", "", "unheard of"}) {
    seen.version = version;
    CHECK(no(seen).find("cannot pause writes alone") != std::string::npos);
  }
}

TEST_CASE("a Redis that was un-parked is asked only for the line that it left behind") {
  CHECK_FALSE(why_not_to_psync(unparked(), wanted));
  CHECK(why_not_to_psync(parked(), wanted) == "Redis did not become a master");
  auto seen = unparked();
  seen.second_repl_offset = 176;
  CHECK(why_not_to_psync(seen, wanted) == "Redis left its line of history at 176");
  seen = unparked();
  seen.replid2.clear();
  CHECK(why_not_to_psync(seen, wanted).has_value());
  seen = unparked();
  seen.backlog_first_byte_offset = 60;
  CHECK(why_not_to_psync(seen, wanted).has_value());
}

TEST_CASE("the only database with keys is told from none and from several") {
  CHECK(only_database_with_keys("# Keyspace\r\ndb5:keys=1,expires=0,avg_ttl=0\r\n") == 5);
  CHECK(only_database_with_keys("# Keyspace\r\n") == std::nullopt);
  CHECK(only_database_with_keys("db0:keys=1,expires=0\r\ndb5:keys=1,expires=0\r\n") ==
        std::nullopt);
}

TEST_CASE("a parked Redis 6.0 is refused as it introduces itself") {
  std::ifstream file{REDVIP_SOURCE_DIR "/tests/unit/redis/samples/redis-6.0-parked.txt"};
  const std::string info{std::istreambuf_iterator<char>{file}, {}};
  const auto seen = parse_info(info);
  REQUIRE(seen);
  CHECK(no(*seen, {seen->replid, 1, 1}).find("cannot pause writes alone; 6.2 or later can") !=
        std::string::npos);
}

#include "daemon/status.hpp"

#include <algorithm>

#include "catch.hpp"
#include "daemon/history.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

TEST_CASE("a status survives its file") {
  const auto status = sample_status();
  const auto read = status_from_json(to_json(status));
  REQUIRE(read.has_value());
  CHECK(to_json(*read) == to_json(status));
  const auto& service = read->services.at(0);
  CHECK(service.owner == "redis-a");
  CHECK(service.virtual_ips == std::vector<std::string>{"10.77.0.100/24"});
  REQUIRE(service.nodes.size() == 2);
  CHECK(service.nodes[0].self);
  CHECK(service.nodes[1].priority == 245);
  CHECK(service.nodes[1].last_seen == Millis{120});
  CHECK(service.nodes[1].redis.value().lag_bytes == 0);
  CHECK(service.nodes[1].redis.value().offset == 88'120'441);
}

TEST_CASE("what cannot be seen is absent from the file and after reading it") {
  auto status = sample_status();
  auto& service = status.services[0];
  service.owner.reset();
  service.nodes[1].redis.reset();
  service.nodes[1].priority.reset();
  service.nodes[1].last_seen.reset();
  const auto text = to_json(status);
  CHECK(text.find("null") == std::string::npos);
  CHECK(text.find("\"owner\"") == std::string::npos);
  const auto read = status_from_json(text);
  REQUIRE(read.has_value());
  CHECK_FALSE(read->services[0].owner.has_value());
  CHECK_FALSE(read->services[0].nodes[1].redis.has_value());
  CHECK_FALSE(read->services[0].nodes[1].priority.has_value());
  CHECK_FALSE(read->services[0].nodes[1].last_seen.has_value());
}

TEST_CASE("a status is told service by service, and whole with none or many") {
  auto status = sample_status();
  for (const std::size_t count : {0U, 1U, 255U}) {
    status.services.resize(count, sample_status().services.at(0));
    std::size_t longest = 0;
    write_json(status, [&](const std::string& part) { longest = std::max(longest, part.size()); });
    CHECK(longest < 2000);
    const auto read = status_from_json(to_json(status));
    REQUIRE(read.has_value());
    CHECK(read->services.size() == count);
  }
}

TEST_CASE("a status of another version is read as far as it is known") {
  const auto read = status_from_json(R"({"pid": 7, "colour": "red", "services": [{"tea": {}}]})");
  REQUIRE(read.has_value());
  CHECK(read->pid == 7);
  CHECK(read->services.size() == 1);
}

TEST_CASE("a status that is none is refused with its reason") {
  CHECK(status_from_json("[]").error().message == "not a JSON object");
  CHECK(status_from_json("").error().message.starts_with("not JSON: "));
  CHECK(status_from_json(R"({"pid": "seven"})").error().message == "pid: of the wrong type");
  CHECK(status_from_json(R"({"services": [{"nodes": [{"redis": 1}]}]})").error().message ==
        "redis: of the wrong type");
  CHECK_FALSE(status_from_json(R"({"pid": 99999999999999999999})").has_value());
}

TEST_CASE("bytes that are not UTF-8 do not make a status unreadable") {
  auto status = sample_status();
  status.services[0].nodes[0].redis->version = "7\xff";
  const auto read = status_from_json(to_json(status));
  REQUIRE(read.has_value());
  CHECK(read->services[0].nodes[0].redis->version == "7\xff");
}

TEST_CASE("a history record is one line and survives it, with the order of its inputs") {
  const auto record = sample_record();
  const auto line = to_json_line(record);
  CHECK(line.find('\n') == std::string::npos);
  const auto read = history_from_json_line(line);
  REQUIRE(read.has_value());
  CHECK(to_json_line(*read) == line);
  CHECK(read->cause == record.cause);
  CHECK(read->inputs == record.inputs);
  CHECK(read->phases_ms == record.phases_ms);
}

TEST_CASE("a history line that is cut off is refused") {
  const auto line = to_json_line(sample_record());
  CHECK_FALSE(history_from_json_line(line.substr(0, line.size() / 2)).has_value());
  CHECK(history_from_json_line(R"({"phases_ms": {"vip": "x"}})").error().message ==
        "vip: of the wrong type");
}

}  // namespace redvip::daemon

#include "catch.hpp"
#include "config_text.hpp"
#include "daemon/config_keys.hpp"

#include <fstream>
#include <iterator>

namespace redvip::daemon {

namespace {

std::string source_file(const std::string& name) {
  std::ifstream file{std::string{REDVIP_SOURCE_DIR} + '/' + name};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// A file made only of the table's own defaults, under the required keys.
std::string file_of_defaults() {
  std::string daemon = "[daemon]\n";
  std::string service;
  for (const auto& key : config_reference()) {
    if (key.fallback.empty() || key.name.starts_with("service.track")) continue;
    if (key.name.starts_with("node")) continue;
    const auto dot = key.name.find('.');
    auto& section = key.name.starts_with("daemon") ? daemon : service;
    section += key.name.substr(dot + 1) + " = " + key.fallback + '\n';
  }
  return daemon + replaced(minimal, "redis.port = 6379\n", "") + service;
}

}  // namespace

TEST_CASE("the smallest configuration is complete and has the documented defaults") {
  const auto config = parse(minimal);
  REQUIRE(errors_of(config) == "");
  CHECK(config->self == 0);
  CHECK(config->daemon.state_dir == "/var/lib/redvip");
  const auto& service = config->services.at(0);
  CHECK(service.nodes == std::vector<NodeIndex>{0, 1});
  CHECK(service.priorities == std::vector{Priority::of(250), Priority::of(245)});
  CHECK(service.vrid == Vrid::of(51));
  CHECK(service.virtual_ips.at(0).text() == "10.77.0.100/24");
  CHECK(service.advert_interval == Millis{100});
  CHECK(service.redis.port == 6379);
  CHECK_FALSE(service.redis.address.has_value());
  CHECK(service.redis.down_after == Seconds{1});
  CHECK(service.garp.repeat == 5);
}

TEST_CASE("a default that is written out changes nothing") {
  const auto written = parse(file_of_defaults());
  REQUIRE(errors_of(written) == "");
  CHECK(*written == *parse(minimal));
}

TEST_CASE("many services are asked less often, unless the file says how often") {
  const auto probe_intervals = [](int services, const std::string& keys) {
    std::string text = replaced(minimal, "redis.port = 6379\n", "redis.port = 6379\n" + keys);
    for (int i = 1; i < services; ++i) {
      const auto n = std::to_string(i);
      text += "[[service]]\nname = \"s" + n + "\"\nvrid = " + std::to_string(i < 51 ? i : i + 1) +
              "\nvirtual_ips = [\"10.78.0." + n +
              "/32\"]\nredis.port = " + std::to_string(7000 + i) + '\n';
    }
    const auto config = parse(text);
    REQUIRE(errors_of(config) == "");
    const auto& all = config->services;
    return std::pair{all.front().redis.probe_interval, all.back().redis.probe_interval};
  };
  using P = std::pair<Micros, Micros>;
  CHECK(probe_intervals(50, "") == P{Millis{100}, Millis{100}});
  CHECK(probe_intervals(51, "") == P{Millis{200}, Millis{200}});
  CHECK(probe_intervals(254, "") == P{Millis{500}, Millis{500}});
  CHECK(probe_intervals(254, "redis.down_after = \"5s\"\n") == P{Millis{600}, Millis{500}});
  CHECK(probe_intervals(254, "redis.down_after = \"101ms\"\n") == P{Millis{100}, Millis{500}});
  CHECK(probe_intervals(254, "redis.probe_interval = \"50ms\"\n") == P{Millis{50}, Millis{500}});
}

TEST_CASE("both example files are accepted and say the same") {
  const auto small = parse(source_file("config/redvip.toml"));
  const auto full = parse(source_file("config/redvip.full.toml"));
  REQUIRE(errors_of(small) == "");
  REQUIRE(errors_of(full) == "");
  CHECK(*small == *parse(minimal));
  CHECK(*full == *parse(minimal));
}

TEST_CASE("the full example shows every key with its default") {
  const auto full = source_file("config/redvip.full.toml");
  for (const auto& key : config_reference()) {
    auto written = key.name.substr(key.name.find('.') + 1);
    if (written.starts_with("track.")) written.erase(0, 6);
    INFO(key.name);
    CHECK(full.find(written + " = " + key.fallback) != std::string::npos);
  }
}

TEST_CASE("every key is read") {
  const auto config = parse(
      "[daemon]\nlog_level=\"debug\"\nlog_format=\"json\"\n"
      "state_dir=\"/s\"\nruntime_dir=\"/r\"\nrealtime=false\n" +
      minimal + R"(nodes = ["redis-b", "redis-a"]
interface = "eth0"
priorities = { redis-a = 200, redis-b = 100 }
advert_interval = "40.95s"
preempt = true
preempt_delay = "1m"
unicast = true
notify = "/usr/bin/notify"
notify_master = ["/usr/bin/promoted", "--mail"]
notify_timeout = "5s"
redis.address = "127.0.0.1"
redis.username = "u"
redis.password = "p"
redis.probe_interval = "50ms"
redis.down_after = "2s"
redis.weight = -20
redis.max_lag = "1h"
redis.on_divergence = "hold"
garp = { repeat = 3, delay = "500ms", refresh = "0s" }
[[service.track]]
interface = "eth1"
weight = 7
)");
  REQUIRE(errors_of(config) == "");
  const auto& service = config->services.at(0);
  CHECK(service.interface == "eth0");
  CHECK(service.priorities == std::vector{Priority::of(100), Priority::of(200)});
  CHECK(service.advert_interval == Centiseconds{4095});
  CHECK(service.preempt);
  CHECK(service.preempt_delay == Seconds{60});
  CHECK(service.unicast);
  CHECK(service.notify.all == std::vector<std::string>{"/usr/bin/notify"});
  CHECK(service.notify.master == std::vector<std::string>{"/usr/bin/promoted", "--mail"});
  CHECK(service.notify.stop.empty());
  CHECK(service.notify.timeout == Seconds{5});
  CHECK(service.tracks == std::vector{Track{"eth1", InterfaceTrack{"eth1"}, 7, 1, 1}});
  CHECK(service.redis.address == IpAddress{0x7F000001});
  CHECK(service.redis.username == "u");
  CHECK(service.redis.password == "p");
  CHECK(service.redis.probe_interval == Millis{50});
  CHECK(service.redis.down_after == Seconds{2});
  CHECK(service.redis.weight == -20);
  CHECK(service.redis.max_lag == Seconds{3600});
  CHECK(service.redis.on_divergence == OnDivergence::hold);
  CHECK(service.garp == GarpConfig{3, Millis{500}, Seconds{0}});
}

TEST_CASE("the metrics are off by default, and anywhere that is asked for") {
  CHECK_FALSE(parse(minimal)->daemon.metrics.has_value());
  for (const std::string at : {"127.0.0.1:9652", "[::1]:1", "0.0.0.0:65535", "[::]:9652",
                               "10.77.0.1:9652", "[2001:db8::1]:9652"}) {
    const auto config = parse("daemon.metrics = \"" + at + "\"\n" + minimal);
    REQUIRE(errors_of(config) == "");
    REQUIRE(config->daemon.metrics.has_value());
    CHECK(config->daemon.metrics->text() == at);
  }
}

TEST_CASE("a section is the same as its dotted keys") {
  const auto dotted = parse(minimal + "redis.max_lag = \"3s\"\n");
  const auto section = parse(replaced(minimal, "redis.port = 6379\n", "") +
                             "[service.redis]\nport = 6379\nmax_lag = \"3s\"\n");
  REQUIRE(errors_of(dotted) == "");
  REQUIRE(errors_of(section) == "");
  CHECK(*section == *dotted);
}

TEST_CASE("durations take a unit and a fraction, and nothing else") {
  CHECK(parse_duration("500us") == Micros{500});
  CHECK(parse_duration("100ms") == Millis{100});
  CHECK(parse_duration("1.5s") == Millis{1500});
  CHECK(parse_duration("2m") == Seconds{120});
  CHECK(parse_duration("1h") == Seconds{3600});
  CHECK(parse_duration("2d") == Seconds{172'800});
  for (const auto* text : {"", "s", "1", "1 s", "-1s", "1.s", ".5s", "0.5us", "1e3s", "1w", "+1s",
                           "1.-5s", "99999999999s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

}  // namespace redvip::daemon

// What Prometheus reads, line by line; and that the manual, the alerts and the dashboard speak of
// what there is.
#include "daemon/metrics.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "metrics_sample.hpp"

namespace redvip::daemon {

namespace {

std::string file_of_tree(const std::string& name) {
  std::ifstream file{std::string{REDVIP_SOURCE_DIR} + '/' + name};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The samples of one metric, without its name: "{labels} value".
std::vector<std::string> samples(const std::string& text, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& line : lines_of(text)) {
    const auto after = line.size() > name.size() ? line[name.size()] : '\0';
    if (line.starts_with(name) && (after == '{' || after == ' ')) {
      found.push_back(line.substr(name.size()));
    }
  }
  return found;
}

bool has(const std::string& text, const std::string& line) {
  const auto lines = lines_of(text);
  return std::ranges::find(lines, line) != lines.end();
}

// Every word of `text` that is a name of ours, _bucket, _sum and _count of histograms as that.
std::set<std::string> names_in(const std::string& text) {
  static const std::regex word{"\\bredvip_[a-z_]+"};
  std::set<std::string> names;
  for (std::sregex_iterator it{text.begin(), text.end(), word}, end; it != end; ++it) {
    names.insert(
        std::regex_replace(it->str(), std::regex{"_seconds_(bucket|sum|count)$"}, "_seconds"));
  }
  return names;
}

void check_names_are_known(const std::string& text) {
  std::set<std::string> known;
  for (const auto& metric : metrics_reference()) known.insert(std::string{metric.name});
  const auto names = names_in(text);
  CHECK(names.size() > 5);
  for (const auto& name : names) {
    INFO(name);
    CHECK(known.contains(name));
  }
}

}  // namespace

// To write it anew: REDVIP_REWRITE=1 ./build/dev/unit_daemon "[sample]"
TEST_CASE("a full snapshot is written as in tests/prometheus/sample.prom, which promtool checks",
          "[sample]") {
  const std::string name = "tests/prometheus/sample.prom";
  const SampleMetrics sample;
  if (std::getenv("REDVIP_REWRITE") != nullptr) {
    std::ofstream{std::string{REDVIP_SOURCE_DIR} + '/' + name} << sample.text();
  }
  CHECK(sample.text() == file_of_tree(name));
}

TEST_CASE("a metric is its help, its type and then its samples") {
  const SampleMetrics sample;
  const auto text = sample.text();
  CHECK(
      text.starts_with("# HELP redvip_up 1: the daemon answers.\n"
                       "# TYPE redvip_up gauge\n"
                       "redvip_up 1\n"
                       "# HELP redvip_build_info 1; the version of redvip and its node.\n"
                       "# TYPE redvip_build_info gauge\n"
                       "redvip_build_info{version=\"0.1.0\",node=\"redis-a\"} 1\n"));
  CHECK(text.ends_with("\n"));
}

TEST_CASE("every metric has samples in a full snapshot, with the labels that the table says") {
  const SampleMetrics sample;
  const auto text = sample.text();
  for (const auto& metric : metrics_reference()) {
    INFO(metric.name);
    const auto suffix = metric.type == MetricType::histogram ? "_sum" : "";
    const auto found = samples(text, std::string{metric.name} + suffix);
    REQUIRE_FALSE(found.empty());
    std::string labels;
    const std::regex label{"([a-z_]+)=\""};
    for (std::sregex_iterator it{found[0].begin(), found[0].end(), label}, end; it != end; ++it) {
      labels += (labels.empty() ? "" : ", ") + (*it)[1].str();
    }
    CHECK(labels == metric.labels);
  }
}

TEST_CASE("the state is 1 for the present one and 0 for each other") {
  const SampleMetrics sample;
  const auto text = sample.text();
  CHECK(samples(text, "redvip_state").size() == 7);
  CHECK(has(text, R"(redvip_state{service="cache",state="serving"} 1)"));
  CHECK(has(text, R"(redvip_state{service="cache",state="handing_over"} 0)"));
}

TEST_CASE("owner, pause, standby, addresses, roles and lag come from the status") {
  SampleMetrics sample;
  auto& service = sample.snapshot.status.services[0];
  service.paused = true;
  service.two_owners = true;
  service.nodes[1].redis->lag_bytes = 4096;
  const auto text = sample.text();
  CHECK(has(text, R"(redvip_owner{service="cache",node="redis-a"} 1)"));
  CHECK(has(text, R"(redvip_owner{service="cache",node="redis-b"} 0)"));
  CHECK(has(text, R"(redvip_vip_owner{service="cache"} 1)"));
  CHECK(has(text, R"(redvip_two_owners{service="cache"} 1)"));
  CHECK(has(text, R"(redvip_can_failover{service="cache"} 1)"));
  CHECK(has(text, R"(redvip_paused{service="cache"} 1)"));
  CHECK(has(text, R"(redvip_priority{service="cache",node="redis-a"} 250)"));
  CHECK(has(text, R"(redvip_redis_role{service="cache",node="redis-b",role="replica"} 1)"));
  CHECK(has(text, R"(redvip_redis_lag_bytes{service="cache",node="redis-b"} 4096)"));
  CHECK(samples(text, "redvip_redis_link_up") ==
        std::vector<std::string>{R"({service="cache",node="redis-b"} 1)"});
  CHECK(samples(text, "redvip_peer_last_seen_seconds") ==
        std::vector<std::string>{R"({service="cache",node="redis-b"} 0.12)"});
  CHECK(samples(text, "redvip_peer_state") ==
        std::vector<std::string>{R"({service="cache",node="redis-b",state="unknown"} 1)"});
}

TEST_CASE("what cannot be seen is absent, and a Redis that does not answer is down") {
  SampleMetrics sample;
  auto& service = sample.snapshot.status.services[0];
  service.owner.reset();
  service.nodes[1].redis.reset();
  service.nodes[1].last_seen.reset();
  service.nodes[1].priority.reset();
  const auto text = sample.text();
  CHECK(has(text, R"(redvip_redis_up{service="cache",node="redis-b"} 0)"));
  CHECK(has(text, R"(redvip_owner{service="cache",node="redis-a"} 0)"));
  CHECK(samples(text, "redvip_redis_lag_bytes").empty());
  CHECK(samples(text, "redvip_peer_last_seen_seconds").empty());
  CHECK(samples(text, "redvip_redis_role").size() == 1);
  CHECK(samples(text, "redvip_priority").size() == 1);
}

TEST_CASE("a service that is gone has no samples, and a daemon without take-overs tells of none") {
  SampleMetrics sample;
  sample.tally = ServiceTally{};
  CHECK(samples(sample.text(), "redvip_last_failover_timestamp_seconds").empty());
  CHECK(samples(sample.text(), "redvip_data_loss_bound_bytes").empty());
  CHECK(has(sample.text(),
            R"(redvip_transitions_total{service="cache",to="serving",cause="failover"} 0)"));
  sample.snapshot.status.services.clear();
  sample.snapshot.tallies.clear();
  CHECK(sample.text().find("cache") == std::string::npos);
}

TEST_CASE("a take-over is in the histogram of its phases, and remembered as the last one") {
  const SampleMetrics sample;
  const auto text = sample.text();
  const std::string drained =
      R"(redvip_failover_duration_seconds_bucket{service="cache",phase="drained",le=)";
  CHECK(has(text, drained + "\"0.001\"} 0"));
  CHECK(has(text, drained + "\"0.0025\"} 1"));
  CHECK(has(text, drained + "\"5\"} 1"));
  CHECK(has(text, drained + "\"+Inf\"} 1"));
  CHECK(has(text,
            R"(redvip_failover_duration_seconds_sum{service="cache",phase="promoted"} 0.0004)"));
  CHECK(
      has(text, R"(redvip_failover_duration_seconds_count{service="cache",phase="announced"} 1)"));
  CHECK(has(text, R"(redvip_last_failover_timestamp_seconds{service="cache",cause="failover"} )"
                  "1763521927.113"));
  CHECK(has(text,
            R"(redvip_last_failover_duration_seconds{service="cache",cause="failover"} 0.0027)"));
  CHECK(has(text, R"(redvip_data_loss_bound_bytes{service="cache",cause="failover"} 1210)"));
  CHECK(has(text, R"(redvip_diverged_bytes_total{service="cache"} 500)"));
  CHECK(has(text, R"(redvip_refusals_total{service="cache"} 1)"));
}

TEST_CASE("adverts are counted by what became of them, each reason from the start") {
  const SampleMetrics sample;
  const auto text = sample.text();
  CHECK(has(text, R"(redvip_adverts_sent_total{service="cache"} 42)"));
  CHECK(has(text, R"(redvip_adverts_received_total{service="cache",result="accepted"} 7)"));
  CHECK(has(text, R"(redvip_adverts_received_total{service="cache",result="rejected"} 2)"));
  CHECK(has(text, R"(redvip_adverts_rejected_total{service="cache",reason="checksum-error"} 2)"));
  CHECK(samples(text, "redvip_adverts_rejected_total").size() == vrrp::reject_count);
  CHECK(has(text, R"(redvip_config_mismatch_total{service="cache",field="addresses"} 1)"));
  CHECK(has(text, R"(redvip_config_mismatch_total{service="cache",field="interval"} 0)"));
}

TEST_CASE("label values and help are escaped, numbers are decimal and exact") {
  std::string text;
  MetricFamily family{text, "x", MetricType::gauge, "a \\ and \"b\"\nc"};
  family.add({{"l", "say \"a\\b\"\n"}}, 0.1);
  family.add({}, 1'763'521'927.113);
  family.add({}, 1e-7);
  family.add({}, std::int64_t{-9'223'372'036'854'775'807});
  CHECK(text ==
        "# HELP x a \\\\ and \"b\"\\nc\n# TYPE x gauge\n"
        "x{l=\"say \\\"a\\\\b\\\"\\n\"} 0.1\n"
        "x 1763521927.113\nx 0.0000001\nx -9223372036854775807\n");
}

TEST_CASE("the manual has the table of the code") {
  std::vector<std::string> written;
  for (const auto& line : lines_of(file_of_tree("docs/metrics.md"))) {
    if (line.starts_with("| `redvip_")) written.push_back(line);
  }
  std::vector<std::string> wanted;
  for (const auto& metric : metrics_reference()) {
    std::string labels{metric.labels};
    wanted.push_back("| `" + std::string{metric.name} + "` | " + std::string{name(metric.type)} +
                     " | " + labels + (labels.empty() ? "| " : " | ") + std::string{metric.help} +
                     " |");
  }
  CHECK(written == wanted);
}

TEST_CASE("the manual names every cause and no other") {
  const auto manual = file_of_tree("docs/metrics.md");
  for (std::size_t motive = 0; motive < static_cast<std::size_t>(Motive::count_); ++motive) {
    const std::string word = name(static_cast<Motive>(motive));
    if (word == "refused" || word == "diverged" || word == "pause") continue;  // no transitions
    INFO(word);
    CHECK(manual.find("| `" + word + "` |") != std::string::npos);
  }
}

TEST_CASE("the alerts name only metrics that there are") {
  check_names_are_known(file_of_tree("packaging/prometheus/redvip.rules.yml"));
}

TEST_CASE("the alert on rejected adverts leaves out what is not about this virtual router") {
  const auto rules = file_of_tree("packaging/prometheus/redvip.rules.yml");
  std::string others;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(vrrp::Reject::vrid); ++i) {
    others += (others.empty() ? "" : "|") + std::string{vrrp::name(static_cast<vrrp::Reject>(i))};
  }
  CHECK(rules.find("reason!~\"" + others + "\"") != std::string::npos);
}

TEST_CASE("the dashboard is JSON, and each of its expressions names only metrics that there are") {
  namespace json = boost::json;
  const auto dashboard = json::parse(file_of_tree("packaging/grafana/redvip.json"));
  std::vector<std::string> expressions;
  const std::function<void(const json::value&)> look = [&](const json::value& value) {
    if (const auto* object = value.if_object()) {
      for (const auto& [key, inner] : *object) {
        if ((key == "expr" || key == "query") && inner.is_string()) {
          expressions.emplace_back(inner.as_string());
        }
        look(inner);
      }
    } else if (const auto* array = value.if_array()) {
      for (const auto& inner : *array) look(inner);
    }
  };
  look(dashboard);
  CHECK(expressions.size() > 10);
  std::string all;
  for (const auto& expression : expressions) all += expression + '\n';
  check_names_are_known(all);
#ifdef REDVIP_PROMTOOL
  // As rules, so that promtool reads them. Its names of variables are not PromQL.
  json::array rules;
  for (const auto& expression : expressions) {
    if (expression.find("redvip_") == std::string::npos) continue;  // of the data source
    if (expression.starts_with("label_values")) continue;           // Grafana's own
    const auto plain = std::regex_replace(expression, std::regex{R"(\[\$__\w+\])"}, "[1m]");
    rules.push_back({{"record", "x:" + std::to_string(rules.size())}, {"expr", plain}});
  }
  const std::string path = std::string{REDVIP_BINARY_DIR} + "/dashboard.rules.yml";
  std::ofstream{path} << json::object{
      {"groups", json::array{json::object{{"name", "dashboard"}, {"rules", rules}}}}};
  CHECK(std::system((REDVIP_PROMTOOL " check rules " + path).c_str()) == 0);
#endif
}

}  // namespace redvip::daemon

// What Prometheus is told by a running pair: before a failover, after it, after a switchover back
// and after a reload; and that clients of the metrics, honest or not, cost the service nothing.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <optional>

#include "lab/scene.hpp"

using namespace redvip::lab;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr unsigned short port = 9652;

tcp::endpoint metrics_of(const Node& node) {
  return {asio::ip::make_address(node.host.address), port};
}

// As Prometheus would on the client's host. Empty: nobody answers.
std::string scrape(const Lab& lab, const Node& node) {
  const Inside here{lab.network.client.net};
  asio::io_context io;
  tcp::socket socket{io};
  boost::system::error_code error;
  socket.connect(metrics_of(node), error);
  if (error) return {};
  asio::write(socket, asio::buffer(std::string{"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"}), error);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), error);  // until it closes
  const auto body = answer.find("\r\n\r\n");
  return answer.starts_with("HTTP/1.1 200 ") ? answer.substr(body + 4) : std::string{};
}

// The value of one sample: `name{labels}` as it is written.
std::optional<double> value(const std::string& text, const std::string& sample) {
  const auto at = text.find('\n' + sample + ' ');
  if (at == text.npos) return std::nullopt;
  const char* begin = text.data() + at + sample.size() + 2;
  double result = 0;
  std::from_chars(begin, text.data() + text.size(), result);
  return result;
}

std::string of_cache(const std::string& name, const std::string& labels = {}) {
  return "redvip_" + name + "{service=\"cache\"" + (labels.empty() ? "" : ',' + labels) + '}';
}

std::string transitions(const std::string& to, const std::string& cause) {
  return of_cache("transitions_total", "to=\"" + to + "\",cause=\"" + cause + '"');
}

struct MetricsScene : Scene {
  MetricsScene() {
    for (const Node* node : {&owner, &standby}) {
      rewrite(*node, "realtime = false",
              "realtime = false\nmetrics = \"" + node->host.address + ":9652\"");
      node->daemon->signal(SIGHUP);
    }
    for (const Node* node : {&owner, &standby}) {
      require_eventually("a reload switches the metrics on",
                         [&] { return !scrape(lab, *node).empty(); });
    }
  }
  void require_value(const Node& node, const std::string& sample, double wanted) {
    std::optional<double> found;
    const bool held = eventually([&] {
      found = value(scrape(lab, node), sample);
      return found == wanted;
    });
    require(held, node.host.name + ": " + sample + " is " + std::to_string(wanted) + ", not " +
                      (found ? std::to_string(*found) : "absent"));
  }
  void require_roles(const Node& winner, const Node& other, const std::string& others_state) {
    const auto known_owner = of_cache("owner", "node=\"" + winner.host.name + '"');
    require_value(winner, of_cache("state", "state=\"serving\""), 1);
    require_value(winner, of_cache("vip_owner"), 1);
    require_value(other, of_cache("state", "state=\"" + others_state + '"'), 1);
    require_value(other, of_cache("state", "state=\"serving\""), 0);
    require_value(other, of_cache("vip_owner"), 0);
    for (const auto* node : {&winner, &other}) require_value(*node, known_owner, 1);
  }
  void require_lint(const Node& node) {
#ifdef REDVIP_PROMTOOL
    const auto file = node.folder / "scrape.prom";
    write_file(file, scrape(lab, node));
    const auto said = redvip::lab::run(REDVIP_PROMTOOL " check metrics <" + file.string());
    require(said.status == 0, "promtool is content: " + said.output);
#else
    (void)node;
#endif
  }
};

// They have the owner's sixteen connections, several times over, and one sends a megabyte.
void besiege(MetricsScene& scene) {
  const Inside here{scene.lab.network.client.net};
  const double sent = *value(scrape(scene.lab, scene.owner), of_cache("adverts_sent_total"));
  const auto moves = scene.owner.history().size() + scene.standby.history().size();
  asio::io_context io;
  std::vector<tcp::socket> idle;
  const auto connect = [&] {
    boost::system::error_code error;
    tcp::socket socket{io};
    socket.open(tcp::v4());
    socket.non_blocking(true);
    socket.connect(metrics_of(scene.owner), error);
    idle.push_back(std::move(socket));
  };
  for (int i = 0; i < 50; ++i) connect();
  const std::string megabyte(1U << 20, 'x');
  for (auto& socket : idle) {
    boost::system::error_code error;
    socket.write_some(asio::buffer(megabyte), error);
  }
  scene.require_writes_go_on(500);
  idle.clear();
  scene.require_eventually("adverts go on and an honest client is served", [&] {
    const auto now = value(scrape(scene.lab, scene.owner), of_cache("adverts_sent_total"));
    return now && *now >= sent + 10;
  });
  scene.require(scene.owner.history().size() + scene.standby.history().size() == moves,
                "nothing has moved");
}

redvip::daemon::HistoryRecord last_move(const Node& node, const std::string& to) {
  const auto history = node.history();
  const auto last = std::find_if(history.rbegin(), history.rend(),
                                 [&](const auto& record) { return record.to == to; });
  REQUIRE(last != history.rend());
  return *last;
}

void check_durations(MetricsScene& scene, const Node& winner) {
  const auto text = scrape(scene.lab, winner);
  const auto last = last_move(winner, "serving");
  REQUIRE_FALSE(last.phases_ms.empty());
  double all = 0;
  for (const auto& [phase, took] : last.phases_ms) {
    INFO(phase);
    const std::string label = "phase=\"" + phase + '"';
    CHECK(value(text, of_cache("failover_duration_seconds_count", label)) == 1);
    CHECK(value(text, of_cache("failover_duration_seconds_sum", label)).value_or(-1) ==
          Approx(took / 1000));
    all += took / 1000;
  }
  const std::string cause = "cause=\"failover\"";
  CHECK(value(text, of_cache("last_failover_duration_seconds", cause)).value_or(-1) == Approx(all));
  CHECK(value(text, of_cache("data_loss_bound_bytes", cause)).has_value() ==
        last.at_most_lost.has_value());
}

}  // namespace

TEST_CASE(
    "the metrics of both nodes tell a failover and a switchover, and survive a siege and reloads",
    "[metrics]") {
  MetricsScene scene;
  scene.require_roles(scene.owner, scene.standby, "standby");
  scene.require_value(scene.owner, of_cache("can_failover"), 1);
  scene.require_value(scene.owner, transitions("serving", "start"), 1);
  scene.require_value(scene.standby, transitions("serving", "failover"), 0);
  const auto heard = value(scrape(scene.lab, scene.standby),
                           of_cache("adverts_received_total", "result=\"accepted\""));
  CHECK(heard.value_or(0) > 0);
  besiege(scene);

  scene.owner.redis.kill();
  scene.require_serves(scene.standby);
  scene.require_roles(scene.standby, scene.owner, "fault");
  // Priority 0 may come before the closed connection; until then it looks like a hand-over.
  const auto began = last_move(scene.standby, "promoting").kind;
  CHECK((began == "failover" || began == "switchover"));
  scene.require_value(scene.standby, transitions("promoting", began), 1);
  scene.require_value(scene.standby, transitions("serving", "failover"), 1);
  scene.require_value(scene.owner, transitions("fault", "fault"), 1);
  scene.require_value(scene.standby, of_cache("can_failover"), 0);
  const auto dead = of_cache("redis_up", "node=\"" + scene.owner.host.name + '"');
  scene.require_value(scene.standby, dead, 0);
  check_durations(scene, scene.standby);
  CHECK(value(scrape(scene.lab, scene.standby), of_cache("garp_sent_total")).value_or(0) >= 5);
  for (const Node* node : {&scene.owner, &scene.standby}) scene.require_lint(*node);

  scene.owner.redis.start();
  scene.require_settled_on(scene.standby);
  scene.require_value(scene.standby, of_cache("can_failover"), 1);
  scene.standby.daemon->signal(SIGUSR2);
  scene.require_settled_on(scene.owner);
  scene.require_value(scene.owner, transitions("serving", "switchover"), 1);
  scene.require_value(scene.standby, transitions("handing_over", "switchover"), 1);
  scene.require_value(scene.standby, transitions("holding", "switchover"), 1);

  // Another VRID is another service of that name, on the same counters.
  rewrite(scene.standby, "vrid = 51", "vrid = 52");
  scene.standby.daemon->signal(SIGHUP);
  scene.require_eventually("it has started anew",
                           [&] { return scene.standby.status().vrid == 52; });
  scene.require_value(scene.standby, transitions("serving", "failover"), 1);
  rewrite(scene.owner, "metrics = \"" + scene.owner.host.address + ":9652\"", "metrics = \"\"");
  scene.owner.daemon->signal(SIGHUP);
  scene.require_eventually("a reload switches them off",
                           [&] { return scrape(scene.lab, scene.owner).empty(); });
  scene.require_nothing_lost(scene.owner);
}

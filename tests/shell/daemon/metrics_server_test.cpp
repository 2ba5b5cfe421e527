// The metrics over real sockets: honest clients, and those that want to keep the loop busy.
#include "shell/daemon/metrics_support.hpp"

using namespace redvip;
using namespace redvip::test;
using namespace redvip::test::metrics;

namespace {

MetricsLimits short_lived() {
  MetricsLimits limits;
  limits.lifetime = Millis{250};
  return limits;
}

}  // namespace

TEST_CASE("GET /metrics is answered with the text, its type and its length, then closed") {
  Bench bench;
  const auto at = bench.listen();
  const std::string fields =
      "HTTP/1.1 200 OK\r\nConnection: close\r\n"
      "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: 12\r\n\r\n";
  CHECK(bench.answer(at, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") == fields + bench.text);
  CHECK(bench.answer(at, "GET /metrics?x=/y HTTP/1.0\r\n\r\n") == fields + bench.text);
  CHECK(bench.answer(at, "HEAD /metrics HTTP/1.1\r\nConnection: keep-alive\r\n\r\n") == fields);
}

TEST_CASE("everything else is refused by name, and closed") {
  Bench bench;
  const auto at = bench.listen();
  const auto status = [&](const std::string& request) {
    const auto answer = bench.answer(at, request);
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(answer.find(bench.text) == std::string::npos);
    return answer.substr(0, answer.find("\r\n"));
  };
  CHECK(status("GET / HTTP/1.1\r\n\r\n") == "HTTP/1.1 404 Not Found");
  CHECK(status("GET /metrics/x HTTP/1.1\r\n\r\n") == "HTTP/1.1 404 Not Found");
  CHECK(status("GET /metrics/../metrics HTTP/1.1\r\n\r\n") == "HTTP/1.1 404 Not Found");
  CHECK(status("POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc") ==
        "HTTP/1.1 405 Method Not Allowed");
  CHECK(bench.answer(at, "DELETE /metrics HTTP/1.1\r\n\r\n").find("\r\nAllow: GET, HEAD\r\n") !=
        std::string::npos);
  CHECK(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(status("*1\r\n$4\r\nPING\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(status("GET /metrics HTTP/1.1\r\nno colon\r\n\r\n") == "HTTP/1.1 400 Bad Request");
}

TEST_CASE("a request in pieces is answered, and so is the first of several at once") {
  Bench bench;
  HttpClient client{bench.listen()};
  for (const std::string piece : {"GET /met", "rics HTTP/1.1\r", "\nHost: x\r\n", "\r\n"}) {
    bench.send(client, piece);
    const auto before = bench.ticks;
    REQUIRE(bench.eventually([&] { return bench.ticks > before + 2; }));
  }
  REQUIRE(bench.eventually([&] { return client.closed(); }));
  CHECK(client.received.ends_with(bench.text));
  const std::string twice = "GET /metrics HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n";
  CHECK(count(bench.answer(*bench.server.address(), twice), bench.text) == 1);
}

TEST_CASE("the text is built once for all who ask within its time, and anew after it") {
  MetricsLimits limits;
  limits.fresh = Seconds{3600};
  Bench bench{limits};
  const auto at = bench.listen();
  for (int i = 0; i < 5; ++i) bench.require_honest_client_is_served(at);
  CHECK(bench.built == 1);

  limits.fresh = Millis{0};
  Bench impatient{limits};
  const auto there = impatient.listen();
  for (int i = 0; i < 3; ++i) impatient.require_honest_client_is_served(there);
  CHECK(impatient.built == 3);
}

TEST_CASE("who sends nothing, or a byte now and then, is closed at the end of its time") {
  Bench bench{short_lived()};
  const auto at = bench.listen();
  HttpClient silent{at};
  HttpClient slow{at};
  bench.on_tick = [&] { slow.send("G"); };
  REQUIRE(bench.eventually([&] { return bench.server.connections() == 2; }));
  const auto before = bench.ticks;
  REQUIRE(bench.eventually([&] { return silent.closed() && slow.closed(); }));
  CHECK(bench.ticks > before);
  CHECK(silent.received.empty());
  CHECK(slow.received.empty());
  CHECK(bench.eventually([&] { return bench.server.connections() == 0; }));
  CHECK(bench.built == 0);
  bench.require_honest_client_is_served(at);
}

TEST_CASE("a request of a megabyte is refused after eight kilobytes of it") {
  Bench bench;
  const auto at = bench.listen();
  HttpClient client{at};
  std::string request = "GET /metrics HTTP/1.1\r\n";
  while (request.size() < (1U << 20)) request += "X-Large: " + std::string(1000, 'x') + "\r\n";
  std::size_t sent = 0;
  bench.on_tick = [&] { sent += client.send(request.substr(sent)); };
  REQUIRE(bench.eventually([&] { return client.closed(); }));
  // The answer may be lost with the rest of the request.
  if (!client.received.empty()) {
    CHECK(client.received.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
  }
  CHECK(bench.built == 0);
  bench.require_honest_client_is_served(at);

  const std::string fits = "GET /metrics HTTP/1.1\r\nX: " + std::string(8000, 'x') + "\r\n\r\n";
  CHECK(bench.answer(at, fits).starts_with("HTTP/1.1 200 "));
  const std::string too_long = "GET /metrics HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
  CHECK(bench.answer(at, too_long).starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a flood has sixteen connections, the oldest goes first, and the loop has its turns") {
  MetricsLimits limits;
  limits.between_accepts = Millis{5};  // as often as the tick
  Bench bench{limits};
  const auto at = bench.listen();
  constexpr int wave = 60;
  std::vector<std::unique_ptr<HttpClient>> clients;
  std::size_t most = 0;
  int closed = 0;
  bench.on_tick = [&] {
    most = std::max(most, bench.server.connections());
    if (clients.size() < wave) clients.push_back(std::make_unique<HttpClient>(at));
  };
  REQUIRE(bench.eventually([&] {
    closed = 0;
    for (const auto& client : clients) closed += client->closed() ? 1 : 0;
    return closed >= wave - 16 && clients.size() == wave;
  }));
  CHECK(most == 16);
  CHECK(bench.ticks >= wave / 2);
  CHECK(clients.front()->closed());
  CHECK_FALSE(clients.back()->closed());
  bench.require_honest_client_is_served(at);
}

TEST_CASE("connections are accepted one at a time, with pauses, however many are waiting") {
  MetricsLimits limits;
  limits.between_accepts = Millis{5};
  Bench bench{limits};
  const auto at = bench.listen();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(std::make_unique<HttpClient>(at));
  std::size_t before = 0;
  std::size_t most_at_once = 0;
  bench.on_tick = [&] {
    most_at_once = std::max(most_at_once, bench.server.connections() - before);
    before = bench.server.connections();
  };
  REQUIRE(bench.eventually([&] { return before == 12; }));
  CHECK(most_at_once <= 3);  // without the pause: all of them
}

TEST_CASE("who asks for much and never reads is closed at the end of its time") {
  MetricsLimits limits;
  limits.lifetime = Seconds{1};  // all four must be there at once, on a busy machine as well
  Bench bench{limits};
  bench.text = std::string(std::size_t{16} << 20, 'x') + '\n';
  const auto at = bench.listen();
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<HttpClient>(at, 4096));
    bench.send(*clients.back(), "GET /metrics HTTP/1.1\r\n\r\n");
  }
  REQUIRE(bench.eventually([&] { return bench.built == 1 && bench.server.connections() == 4; }));
  const auto before = bench.ticks;
  REQUIRE(bench.eventually([&] { return bench.server.connections() == 0; }));
  CHECK(bench.ticks > before);
  for (const auto& client : clients) {
    REQUIRE(bench.eventually([&] { return client->closed(); }));
    CHECK(client->received.size() < bench.text.size());
  }
  CHECK(bench.built == 1);  // one text for all
}

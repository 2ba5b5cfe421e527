// Where the metrics can be had: addresses that are taken, missing, changed or given up.
#include <fstream>
#include <iterator>

#include "shell/daemon/metrics_support.hpp"

using namespace redvip;
using namespace redvip::test;
using namespace redvip::test::metrics;

namespace {

// What is written to standard error meanwhile.
class StandardError {
 public:
  StandardError() : file_{::mkstemp(path_.data())}, before_{::dup(STDERR_FILENO)} {
    ::dup2(file_.fd, STDERR_FILENO);
  }
  ~StandardError() {
    ::dup2(before_.fd, STDERR_FILENO);
    ::unlink(path_.c_str());
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  [[nodiscard]] std::string text() const {
    std::ifstream file{path_};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

 private:
  std::string path_ = "/tmp/redvip-stderr-XXXXXX";
  Socket file_;
  Socket before_;
};

}  // namespace

TEST_CASE("only the address that is asked for is listened on, of either family") {
  const Namespace own;
  Bench bench;
  const auto at = bench.listen({address("127.0.0.1"), 9652});
  CHECK(HttpClient{{address("127.0.0.2"), 9652}}.refused());
  CHECK(HttpClient{{address("::1"), 9652}}.refused());
  bench.require_honest_client_is_served(at);
  bench.require_honest_client_is_served(bench.listen({address("::1"), 9652}));
  CHECK(HttpClient{at}.refused());
  const Endpoint every{address("::"), 9652};
  bench.listen(every);
  CHECK(HttpClient{at}.refused());  // every IPv6 address, and no other
  bench.require_honest_client_is_served({address("::1"), 9652});
}

TEST_CASE(
    "an address that is taken is one warning with its cure, and is listened on once it is free") {
  const Namespace own;
  Bench bench{{.retry = Millis{20}}};
  const StandardError log;
  const Endpoint at{address("127.0.0.1"), 9652};
  {
    const Socket taken = listener_on(at);
    bench.server.listen(at);
    const auto before = bench.ticks;
    REQUIRE(bench.eventually([&] { return bench.ticks > before + 40; }));
  }
  REQUIRE(bench.eventually([&] { return !HttpClient{at}.refused(); }));
  bench.require_honest_client_is_served(at);
  CHECK(count(log.text(),
              "metrics: 127.0.0.1:9652 cannot be listened on (Address already in use), so nobody "
              "can read the metrics: end what listens there (`ss -ltnp` names it), or put another "
              "port into daemon.metrics. The services go on; it is tried again every ") == 1);
  CHECK(count(log.text(), "metrics: at http://127.0.0.1:9652/metrics") == 1);
}

TEST_CASE("an address that this host does not have is said to be that, until it has it") {
  const Namespace own;
  Bench bench{{.retry = Millis{20}}};
  const StandardError log;
  const Endpoint at{address("10.77.0.1"), 9652};
  bench.server.listen(at);
  CHECK(count(log.text(), "no interface of this host has that address") == 1);
  run("ip addr add 10.77.0.1/24 dev lo");
  REQUIRE(bench.eventually([&] { return !HttpClient{at}.refused(); }));
  bench.require_honest_client_is_served(at);
}

TEST_CASE("where it listened before, nothing is left: no listener and no connection") {
  const Namespace own;
  Bench bench;
  const auto first = bench.listen({address("127.0.0.1"), 9652});
  HttpClient old{first};
  REQUIRE(bench.eventually([&] { return bench.server.connections() == 1; }));
  const auto second = bench.listen({address("127.0.0.1"), 9653});
  CHECK(HttpClient{first}.refused());
  REQUIRE(bench.eventually([&] { return old.closed(); }));
  bench.require_honest_client_is_served(second);
  bench.server.listen(std::nullopt);
  CHECK(HttpClient{second}.refused());
  CHECK_FALSE(bench.server.address());
}

TEST_CASE("a server may go while clients are connected and its address is still being tried") {
  const Namespace own;
  Bench bench;
  std::vector<std::unique_ptr<HttpClient>> clients;
  {
    MetricsServer other{bench.io, bench.log, [] { return std::string(1U << 20, 'x'); }, {}};
    other.listen(local);
    for (int i = 0; i < 3; ++i)
      clients.push_back(std::make_unique<HttpClient>(*other.address(), 4096));
    clients[0]->send("GET /metrics HTTP/1.1\r\n\r\n");
    clients[1]->send("GET");
    REQUIRE(bench.eventually([&] { return other.connections() == 3; }));
    MetricsServer nowhere{bench.io, bench.log, [] { return std::string{}; }, {}};
    nowhere.listen(Endpoint{address("10.77.0.1"), 9652});
  }
  const auto before = bench.ticks;
  REQUIRE(bench.eventually([&] { return bench.ticks > before + 5; }));
  for (const auto& client : clients) CHECK(bench.eventually([&] { return client->closed(); }));
}

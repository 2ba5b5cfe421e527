#include "catch.hpp"
#include "check_sample.hpp"

namespace redvip::daemon {

namespace {

std::vector<RedisFacts> pair() {
  std::vector<RedisFacts> all{good_redis(), good_redis()};
  all[1].node = "redis-b";
  all[1].at.address = IpAddress{0x0a4d0002};
  all[1].local = false;
  return all;
}

template <class Spoil>
std::string pair_faults(Spoil spoil, const std::vector<LoginFacts>& logins = {}) {
  auto all = pair();
  spoil(all[0], all[1]);
  const auto config = parse(minimal).value();
  return faults(judge_nodes(config, config.services[0], all, logins));
}

const auto as_it_is = [](RedisFacts&, RedisFacts&) {};

}  // namespace

TEST_CASE("two Redis that are alike have nothing said about them") {
  CHECK(pair_faults(as_it_is, {{"redis-a", "redis-b", ""}, {"redis-b", "redis-a", ""}}) == "");
}

TEST_CASE("versions that may not load each other's copies are a warning") {
  const auto with = [](const std::string& version) {
    return pair_faults([&](RedisFacts&, RedisFacts& b) { b.info->version = version; });
  };
  CHECK(with("6.2.14") ==
        "WARNING  cache: versions differ (redis-a 7.0.15, redis-b 6.2.14): an older one may not "
        "load a newer one's copy - upgrade the replicas first, then switch over\n");
  CHECK(with("7.0.11") == "");
}

TEST_CASE("a maxmemory that differs is a warning with both values") {
  const auto with = [](const std::string& a, const std::string& b) {
    return pair_faults([&](RedisFacts& first, RedisFacts& second) {
      first.config["maxmemory"] = a;
      second.config["maxmemory"] = b;
    });
  };
  CHECK(with("0", "1073741824") ==
        "WARNING  cache: maxmemory differs (redis-a none, redis-b 1 GB): as owner, the smaller one "
        "evicts keys or refuses writes - CONFIG SET maxmemory to the same value on all nodes\n");
  CHECK(with("1073741824", "1073741824") == "");
  CHECK(with("1073741824", "") == "");  // not shown: not judged
}

TEST_CASE("two Redis with data of their own are a warning that says what becomes of it") {
  const auto with = [](const std::string& text, bool linked) {
    auto all = pair();
    all[0].info->replid = std::string(40, 'a');
    all[1].info->replid = std::string(40, 'b');
    all[1].info->keys = 1;
    for (auto& redis : all) {
      redis.info->backlog_active = true;
      redis.info->master_repl_offset = 100;
    }
    all[1].info->link_up = linked;
    const auto config = parse(text).value();
    return faults(judge_nodes(config, config.services[0], all, {}));
  };
  CHECK(with(minimal, false) ==
        "WARNING  cache: redis-a (12 keys) and redis-b (1 key) each have data of their own: one "
        "will follow the other, and what only it has is copied to state_dir first (on_divergence = "
        "\"save\") - look which one is right, and start redvip on that host first\n");
  CHECK(with(minimal + "redis.on_divergence = \"hold\"\n", false).find("waits for your decision") !=
        std::string::npos);
  CHECK(with(minimal + "redis.on_divergence = \"discard\"\n", false).find("is dropped") !=
        std::string::npos);
  CHECK(with(minimal, true) == "");
}

TEST_CASE("a node that advertises without a redvip at any Redis is a warning") {
  const auto config = parse(minimal).value();
  const auto with = [&](const std::string& clients, const std::string& error) {
    auto all = pair();
    all[0].clients = clients;
    all[0].clients_error = all[1].clients_error = error;
    const std::vector<SpeakerFacts> heard{{all[1].at.address, 3, 51}};
    return lines_of(judge_advertisers(config, config.services[0], heard, all));
  };
  CHECK(with("id=1 addr=10.77.0.9:5 name=redvip cmd=info\n", "") ==
        "WARNING  cache: redis-b advertises VRID 51, but no redvip is connected to Redis from "
        "there: it is keepalived, or another router - stop it there once redvip runs here\n");
  CHECK(with("id=1 addr=10.77.0.2:5 name=redvip cmd=info\n", "") == "");
  CHECK(with("", "NOPERM") == "");  // nobody could look
}

TEST_CASE("a login that another node refuses is a problem, without the password") {
  const auto line =
      pair_faults([](RedisFacts& a, RedisFacts&) { a.config["masterauth"] = "hunter2"; },
                  {{"redis-a", "redis-b", "WRONGPASS invalid username-password pair"}});
  CHECK(line ==
        "PROBLEM  cache: redis-a could not follow redis-b, which answers its login: WRONGPASS "
        "invalid username-password pair - set masterauth (and masteruser) of redis-a to what "
        "redis-b accepts; a user needs +psync +replconf +ping\n");
}

TEST_CASE("a missing masterauth that was told already is not told again for each node") {
  const std::vector<LoginFacts> refused{{"redis-a", "redis-b", "NOAUTH Authentication required."}};
  CHECK(pair_faults([](RedisFacts& a, RedisFacts&) { a.config["requirepass"] = "x"; }, refused) ==
        "");
  CHECK(pair_faults(as_it_is, refused) != "");
}

TEST_CASE("a master outside the service is a warning, a node of it or nobody is not") {
  const auto follows = [](const std::string& host, std::uint16_t port) {
    return pair_faults([&](RedisFacts&, RedisFacts& b) {
      b.info->role = Role::replica;
      b.info->master_host = host;
      b.info->master_port = port;
    });
  };
  CHECK(follows("10.77.0.7", 6379) ==
        "WARNING  cache: redis-b replicates from 10.77.0.7, which is no node of this service - "
        "make sure that nothing else moves its role, then REPLICAOF 127.0.0.1 0\n");
  CHECK(follows("10.77.0.1", 6379) == "");
  CHECK(follows("127.0.0.1", 0) == "");
}

TEST_CASE("a Redis that does not answer is left out") {
  CHECK(pair_faults([](RedisFacts& a, RedisFacts&) {
          a.info.reset();
          a.config.clear();
          a.error = "NOAUTH";
        }) == "");
}

}  // namespace redvip::daemon

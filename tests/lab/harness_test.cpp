// The lab itself, tried with the tools it compares redvip with: a lab that cannot see a lost write
// would prove nothing.
#include <sched.h>

#include <cerrno>

#include "catch.hpp"
#include "lab/adverts.hpp"
#include "lab/lab.hpp"

using namespace redvip::lab;

TEST_CASE("a cut host hears nothing, keeps its carrier, and is back when healed", "[harness]") {
  Network network;
  const auto reaches_a = [&] {  // nobody listens there: the refusal is the answer
    constexpr std::chrono::milliseconds patience{300};
    return RedisClient{network.client, network.a.address, patience, patience}.error_number() ==
           ECONNREFUSED;
  };
  const auto has_carrier = [&] {
    const Inside here{network.a.net};
    return run("ip link show eth0").output.find("LOWER_UP") != std::string::npos;
  };
  REQUIRE(eventually(reaches_a));
  network.cut(network.a);
  CHECK_FALSE(reaches_a());
  CHECK(has_carrier());
  network.heal(network.a);
  CHECK(eventually(reaches_a));
  network.carrier(network.a, false);
  CHECK(eventually([&] { return !has_carrier(); }));
  network.carrier(network.a, true);
  CHECK(eventually(reaches_a));
}

TEST_CASE("where hosts have their own cores, their servers run there from the start", "[harness]") {
  Lab lab{{.own_cores = true}};
  const auto cores = [](Node& node) {
    const std::string told = node.redis.command({"INFO", "server"})->str;
    const std::string key = "process_id:";
    const auto at = told.find(key);
    REQUIRE(at != std::string::npos);
    cpu_set_t set;
    const auto pid = static_cast<pid_t>(std::stoi(told.substr(at + key.size())));
    REQUIRE(::sched_getaffinity(pid, sizeof set, &set) == 0);
    return set;
  };
  for (Node* node : {&lab.a, &lab.b}) {
    if (!node->host.net.cores) return;  // one core
    const auto actual = cores(*node);
    CHECK(CPU_EQUAL(&actual, &*node->host.net.cores));
  }
}

TEST_CASE("a Redis that lost acknowledged writes is found out", "[harness]") {
  Lab lab;
  {
    const Inside here{lab.a.host.net};
    must(std::string{"ip address add "} + virtual_ip + "/24 dev eth0");
  }
  lab.write();
  CHECK(lab.lost(lab.a) == 0);
  lab.a.redis.kill();
  lab.a.redis.start();
  CHECK(lab.lost(lab.a) == lab.writer->acknowledged());
}

TEST_CASE("the client tells a reset, a refusal, silence and READONLY apart", "[harness]") {
  Lab lab;
  const Inside here{lab.a.host.net};
  must(std::string{"ip address add "} + virtual_ip + "/24 dev eth0");
  Writer& writer = lab.write();
  lab.b.redis.command({"SET", "other", "data"});

  (void)lab.a.redis.command({"REPLICAOF", "127.0.0.1", "0"});
  CHECK(eventually([&] { return writer.count(Trouble::readonly) > 0; }));
  (void)lab.a.redis.command({"REPLICAOF", "NO", "ONE"});
  const std::size_t before = writer.acknowledged();
  REQUIRE(eventually([&] { return writer.acknowledged() > before; }));

  lab.a.redis.freeze();
  CHECK(eventually([&] { return writer.count(Trouble::reply_timeout) > 0; }));
  CHECK(writer.count(Trouble::reset) == 0);
  lab.a.redis.thaw();
  const std::size_t thawed = writer.acknowledged();
  REQUIRE(eventually([&] { return writer.acknowledged() > thawed; }));

  lab.a.redis.kill();
  CHECK(eventually([&] { return writer.count(Trouble::reset) > 0; }));
  CHECK(eventually([&] { return writer.count(Trouble::refused) > 0; }));
  lab.network.cut(lab.network.a);
  CHECK(eventually([&] { return writer.count(Trouble::unreachable) > 0; }));
}

TEST_CASE("keepalived with the classic scripts moves the address when Redis is killed",
          "[harness]") {
  Lab lab{{.manager = Manager::keepalived}};
  lab.start();
  lab.write();
  Node& owner = lab.owner();
  AdvertSniffer adverts{lab.network, owner.host};
  CHECK(eventually([&] { return adverts.take() > 0; }));
  Node& standby = lab.other(owner);
  owner.redis.kill();
  CHECK(eventually([&] { return standby.serves() && !owner.holds_vip(); }));
}

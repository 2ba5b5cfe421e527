#include <csignal>

#include "catch.hpp"
#include "support.hpp"

using namespace redvip;
using namespace redvip::test;

namespace {

// Stands for a virtual IP: all of 127.0.0.0/8 is local.
constexpr IpAddress vip{0x7F000009};
const std::vector<std::string> with_vip{"--bind", "127.0.0.1 127.0.0.9"};

}  // namespace

TEST_CASE("parking refuses writes and kills the clients of the virtual IP, and no others") {
  RedisServer server{with_vip};
  Watch watch;
  watch.connect();
  Client through_vip{vip};
  Client direct;
  REQUIRE(through_vip.ask("SET key value") == "OK");
  REQUIRE(direct.ask("SET key value") == "OK");
  REQUIRE(watch.send(command::Park{{{vip, 6379}}}));
  CHECK(watch.observe().is_parked());
  CHECK(through_vip.ask("PING") == "closed");
  CHECK(direct.ask("SET key value").starts_with("READONLY"));
  CHECK(direct.ask("GET key") == "value");
}

TEST_CASE("promoting makes a parked Redis a master again") {
  RedisServer server;
  Watch watch;
  watch.connect();
  REQUIRE(watch.send(command::Park{}));
  REQUIRE(watch.observe().is_parked());
  REQUIRE(watch.send(command::Promote{}));
  CHECK(watch.observe().is_master());
  CHECK(Client{}.ask("SET key value") == "OK");
}

TEST_CASE("following names its master") {
  RedisServer server{with_vip};
  Watch watch;
  watch.connect();
  REQUIRE(watch.send(command::Follow{{loopback, 7000}, {{vip, 6379}}}));
  const auto seen = watch.observe();
  CHECK(seen.role == Role::replica);
  CHECK(seen.master_host == "127.0.0.1");
  CHECK(seen.master_port == 7000);
}

TEST_CASE("while writes are paused they wait, reads do not, and unpausing lets them through") {
  RedisServer server;
  Watch watch;
  watch.connect();
  REQUIRE(watch.send(command::PauseWrites{Seconds{60}}));
  CHECK(Client{}.ask("SET key value") == "silent");
  CHECK(Client{}.ask("GET key").empty());
  CHECK(watch.observe().is_master());
  REQUIRE(watch.send(command::UnpauseWrites{}));
  CHECK(Client{}.ask("SET key value") == "OK");
}

TEST_CASE("saving the dataset starts a snapshot, and a second one is refused with Redis's reason") {
  RedisServer server{{"--rdb-key-save-delay", "1000000"}};
  Client{}.ask("SET key value");
  Watch watch;
  watch.connect();
  REQUIRE(watch.send(command::SaveDataset{}));
  CHECK(watch.observe().bgsave_in_progress);
  const auto again = watch.send(command::SaveDataset{});
  REQUIRE(!again);
  CHECK(again.error().text() == "127.0.0.1:6379: ERR Background save already in progress");
}

TEST_CASE("a command that was never sent fails, and so does one that lost its connection") {
  RedisServer server;
  Watch watch;
  CHECK(watch.connection->connected() == false);
  watch.start();
  const auto early = watch.send(command::Promote{});
  REQUIRE(!early);
  CHECK(early.error().text() == "127.0.0.1:6379: not connected");
  watch.until_said("connected");
  server.signal(SIGSTOP);
  std::optional<Result<void>> answer;
  watch.connection->send(command::Promote{}, [&](auto result) { answer = result; });
  server.kill();
  watch.until([&] { return answer.has_value(); });
  CHECK(answer->error().message == "connection lost");
}

TEST_CASE("of a transaction the first refusal is told, not that EXEC was aborted") {
  RedisServer server;
  REQUIRE(Client{}.ask("ACL SETUSER redvip on >secret +@all -replicaof") == "OK");
  Watch watch{[](auto& config) {
    config.username = "redvip";
    config.password = "secret";
  }};
  watch.connect();
  const auto parked = watch.send(command::Park{{{vip, 6379}}});
  REQUIRE(!parked);
  CHECK(parked.error().message.starts_with("NOPERM"));
  CHECK(watch.observe().is_master());
}

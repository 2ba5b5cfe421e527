// A Redis that does not let us in or does not answer as it should, and strangers on its port.
#include <memory>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "catch.hpp"
#include "support.hpp"

using namespace redvip;
using namespace redvip::test;
using boost::asio::ip::tcp;
using Said = std::vector<std::string>;

namespace {

// Says one thing to everyone who connects, then hangs up or stays.
class Stranger {
 public:
  Stranger(boost::asio::io_context& io, std::string speech, bool stays = true)
      : acceptor_{io, {boost::asio::ip::address_v4::loopback(), 6379}},
        speech_{std::move(speech)},
        stays_{stays} {
    accept();
  }
  void say(std::string_view words) {
    boost::asio::write(guests_.back(), boost::asio::buffer(words));
  }
  int visitors = 0;

 private:
  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      ++visitors;
      boost::asio::write(socket, boost::asio::buffer(speech_), error);
      if (stays_) guests_.push_back(std::move(socket));
      accept();
    });
  }
  tcp::acceptor acceptor_;
  std::string speech_;
  bool stays_;
  std::vector<tcp::socket> guests_;
};

auto login(const std::string& username, const std::string& password) {
  return [=](redis::ConnectionConfig& config) {
    config.username = username;
    config.password = password;
  };
}

}  // namespace

TEST_CASE("a user and a password, or a password alone, let us in") {
  RedisServer server{{"--requirepass", "for-everyone"}};
  Watch everyone{login("", "for-everyone")};
  everyone.connect();
  CHECK(everyone.observe().is_master());
  REQUIRE(everyone.send(command::UnpauseWrites{}));

  Client admin;
  REQUIRE(admin.ask("AUTH for-everyone") == "OK");
  REQUIRE(admin.ask("ACL SETUSER redvip on >secret +info") == "OK");
  Watch redvip{login("redvip", "secret")};
  redvip.connect();
  CHECK(redvip.observe().is_master());
}

TEST_CASE("a wrong password is refused, is in no text, and lets us in when it becomes right") {
  RedisServer server;
  REQUIRE(Client{}.ask("ACL SETUSER redvip on >other +@all") == "OK");
  Watch watch{login("redvip", "s3cr3t")};
  watch.start();
  watch.run_for(Millis{200});
  CHECK(watch.count("refused authentication") > 1);
  CHECK(watch.texts[0].starts_with("WRONGPASS"));
  CHECK(watch.texts[0].find("s3cr3t") == std::string::npos);
  REQUIRE(Client{}.ask("ACL SETUSER redvip >s3cr3t") == "OK");
  watch.until_said("connected");
  CHECK(watch.observe().is_master());
}

TEST_CASE("a password that Redis does not want is refused as authentication") {
  RedisServer server;
  Watch watch{login("", "s3cr3t")};
  watch.start();
  watch.until_said("refused authentication");
}

TEST_CASE("without a password that Redis wants, every observation is refused as authentication") {
  RedisServer server{{"--requirepass", "secret"}};
  Watch watch;
  watch.connect();
  watch.connection->observe();
  watch.until_said("refused authentication");
  CHECK(watch.connection->connected());
}

TEST_CASE("a script over its limit is busy, and over when it is killed") {
  RedisServer server{{"--busy-reply-threshold", "50"}};
  Watch watch;
  watch.connect();
  Client script;
  script.run_forever();
  watch.on_event = [&] { watch.connection->observe(); };
  watch.connection->observe();
  watch.until_said("refused busy");
  CHECK(watch.connection->connected());
  CHECK(Client{}.ask("SCRIPT KILL") == "OK");
  watch.until_said("observed", watch.count("observed") + 1);
}

TEST_CASE("a Redis that loads its dataset is observed as loading") {
  RedisServer server;
  REQUIRE(Client{}.ask("DEBUG POPULATE 5000 key 1000") == "OK");
  REQUIRE(Client{}.ask("SAVE") == "OK");
  server.kill();
  server.start({"--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"});
  Watch watch;
  watch.connect();
  CHECK(watch.observe().loading);
}

TEST_CASE(
    "a full Redis refuses us as max clients again and again, and lets us in when there is room") {
  RedisServer server;
  Client admin;
  REQUIRE(admin.ask("CONFIG SET maxclients 1") == "OK");
  Watch watch;
  watch.start();
  watch.run_for(Millis{200});
  CHECK(watch.count("refused max clients") > 1);
  CHECK(static_cast<int>(watch.said.size()) == watch.count("refused max clients"));
  REQUIRE(admin.ask("CONFIG SET maxclients 100") == "OK");
  watch.until_said("connected");
}

// To Redis every peer outside of 127.0.0.0/8 is a foreigner (before 7.2: all but 127.0.0.1).
TEST_CASE("protected mode refuses us again and again, and lets us in when it is switched off") {
  RedisServer server;
  run("ip address replace 10.77.0.1/32 dev lo");
  Watch watch{[](auto& config) { config.bind_source = IpAddress{0x0A4D0001}; }};
  watch.start();
  watch.run_for(Millis{200});
  CHECK(watch.count("refused protected mode") > 1);
  CHECK(static_cast<int>(watch.said.size()) == watch.count("refused protected mode"));
  REQUIRE(Client{}.ask("CONFIG SET protected-mode no") == "OK");
  watch.until_said("connected");
}

TEST_CASE("what is not Redis is a protocol error") {
  Watch watch;
  Stranger smtp{watch.io, "220 mail.example ESMTP\r\n"};
  watch.start();
  watch.until_said("lost protocol error");
}

TEST_CASE("replies that nothing asked for are a protocol error and do not end the process") {
  for (const auto* reply : {"+OK\r\n", ":1\r\n", "$2\r\nOK\r\n", "$-1\r\n", "*1\r\n+OK\r\n"}) {
    Watch watch;
    Stranger chatterer{watch.io, std::string{"+OK\r\n"} + reply};
    watch.start();
    watch.until_said("lost protocol error");
    CHECK(watch.said == Said{"connected", "lost protocol error"});
  }
}

TEST_CASE("INFO that makes no sense is refused as other, with the reason") {
  for (const auto& [answer, reason] : {std::pair{"$9\r\nrole:king\r\n", "INFO has no run_id"},
                                       std::pair{":7\r\n", "the answer to INFO is no text"}}) {
    Watch watch;
    Stranger stranger{watch.io, "+OK\r\n"};
    watch.connect();
    watch.connection->observe();
    stranger.say(answer);
    watch.until_said("refused other");
    CHECK(watch.texts[0] == reason);
    CHECK(watch.connection->connected());
  }
}

TEST_CASE("a server that quotes our AUTH does not get the password into a text") {
  Watch watch{login("redvip", "s3cr3t")};
  Stranger stranger{watch.io,
                    "-ERR unknown command `AUTH`, beginning with: `redvip`, `s3cr3t`\r\n"};
  watch.start();
  watch.until_said("refused other");
  CHECK(watch.texts[0] == "AUTH was refused");
}

TEST_CASE("a port that accepts and hangs up is told once, and is not asked again without a pause") {
  Watch watch;
  Stranger proxy{watch.io, "", false};
  watch.start();
  watch.run_for(Millis{500});
  CHECK(watch.said == Said{"lost closed"});
  CHECK(proxy.visitors > 1);
  CHECK(proxy.visitors <= 30);  // after 0, 0, 1, 3, 7, 15 and 31 ms, then every 20 ms
}

// What a parked Redis has and the new owner has not, taken from real servers that have diverged.
#include "redis/stream_tail.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "catch.hpp"
#include "diverged.hpp"
#include "redis/replication_stream.hpp"

using namespace redvip;
using namespace redvip::test;
using redis::TailReport;
using redis::TailRequest;
using redis::to_resp;

namespace {

TailRequest request_of(Diverged& pair) {
  return {redis_at,
          "",
          pair.password(),
          {pair.replid(), pair.from(), pair.until()},
          pair.folder() / "tail.resp",
          Millis{1500}};
}

Result<TailReport> capture(const TailRequest& request) {
  boost::asio::io_context io;
  std::vector<Result<TailReport>> answers;
  redis::capture_tail(io, request, [&](auto result) { answers.push_back(std::move(result)); });
  REQUIRE(answers.empty());  // never from inside the call
  io.run_for(Seconds{20});
  REQUIRE(answers.size() == 1);
  return answers.front();
}

std::string why_not(Diverged& pair, const TailRequest& request) {
  const auto result = capture(request);
  REQUIRE_FALSE(result);
  CHECK_FALSE(std::filesystem::exists((pair.folder() / "tail.resp").string()));
  return result.error().text();
}

std::string pipe(const std::string& file, const std::string& address) {
  const auto out = file + ".out";
  run("redis-cli -h " + address + " --pipe < " + file + " > " + out + " 2>&1");
  std::ifstream stream{out};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

const std::vector<std::string> lost{"SET lost1 abc", "INCR lost2", "SELECT 3", "LPUSH lost3 x y"};

}  // namespace

TEST_CASE("the tail of a diverged Redis is captured to the byte, and it is parked again") {
  Diverged pair{{"SET common 1"}, lost};
  const auto replid = info(pair.old(), "master_replid");
  const auto report = capture(request_of(pair));
  REQUIRE(report);
  const auto select = to_resp({"SELECT", "0"});
  const auto stream = to_resp({"SET", "lost1", "abc"}) + to_resp({"INCR", "lost2"}) +
                      to_resp({"SELECT", "3"}) + to_resp({"LPUSH", "lost3", "x", "y"});
  CHECK(pair.read("tail.resp") == select + stream);
  CHECK(report->bytes == 121);
  CHECK(report->commands == 3);
  CHECK(report->command_bytes == 98);
  CHECK(report->prefix_bytes == std::ssize(select));
  CHECK(report->database == 0);
  CHECK(report->database_known);
  CHECK(pair.parked());
  CHECK(pair.old().ask("SET late 1").find("READONLY") == 0);
  // It had to be a master for this moment, which is what changes the replication ID.
  CHECK(info(pair.old(), "master_replid2") == replid);
  CHECK(number(pair.old(), "sync_partial_ok") == 1);
  // Nor are writes paused any more: a client would be answered only after the 5 s.
  REQUIRE(pair.old().ask("REPLICAOF NO ONE") == "OK");
  CHECK(pair.old().ask("SET now 1") == "OK");
}

TEST_CASE(
    "redis-cli --pipe re-applies a captured tail to the new owner, each command in its database") {
  Diverged pair{{"SELECT 5", "SET common 1"},
                {"INCR lost0", "MULTI", "SET lost1 abc", "INCR lost2", "EXEC", "SELECT 3",
                 "LPUSH lost3 x y"}};
  const auto report = capture(request_of(pair));
  REQUIRE(report);
  CHECK(report->database_known);
  CHECK(report->database == 5);
  CHECK(pipe((pair.folder() / "tail.resp").string(), "127.0.0.2").find("errors: 0") !=
        std::string::npos);
  CHECK(pair.fresh().ask("DBSIZE") == "0");
  REQUIRE(pair.fresh().ask("SELECT 5") == "OK");
  CHECK(pair.fresh().ask("GET lost0") == "1");
  CHECK(pair.fresh().ask("GET lost1") == "abc");
  CHECK(pair.fresh().ask("GET common") == "1");
  REQUIRE(pair.fresh().ask("SELECT 3") == "OK");
  CHECK(pair.fresh().ask("LLEN lost3") == "2");
}

TEST_CASE("when no SELECT can be found, the only database with keys is assumed, and so said") {
  const std::vector<std::string> small{"--repl-backlog-size", "16kb"};
  std::vector<std::string> common{"SELECT 7"};
  for (int i = 0; i < 64; ++i)
    common.push_back("SET common" + std::to_string(i % 2) + ' ' + std::string(1000, 'x'));
  Diverged pair{common, {"SET lost1 abc"}, small};
  REQUIRE(number(pair.old(), "repl_backlog_first_byte_offset") > 1000);
  const auto report = capture(request_of(pair));
  REQUIRE(report);
  CHECK(report->database == 7);
  CHECK_FALSE(report->database_known);
  CHECK(pair.read("tail.resp") == to_resp({"SELECT", "7"}) + to_resp({"SET", "lost1", "abc"}));
}

TEST_CASE("a write that comes during the capture is refused, not executed") {
  std::vector<std::string> much;
  for (int i = 0; i < 8; ++i)
    much.push_back("SET lost" + std::to_string(i) + ' ' + std::string(2'000'000, 'x'));
  Diverged pair{{}, much, {"--repl-backlog-size", "64mb"}};
  const auto request = request_of(pair);
  std::atomic<bool> over = false;
  std::map<std::string, int> replies;
  std::thread writer{[&] {
    Client client;
    while (!over) ++replies[client.ask("INCR written").substr(0, 8)];
  }};
  const auto report = capture(request);
  over = true;
  writer.join();
  REQUIRE(report);
  CHECK(report->bytes == request.part.until - request.part.from + 1);
  CHECK(report->bytes > 16'000'000);
  CHECK(report->commands == 8);
  REQUIRE(replies.size() == 1);
  CHECK(replies.begin()->first == "READONLY");
  CHECK(pair.old().ask("EXISTS written") == "0");
  CHECK(number(pair.old(), "slave_repl_offset") == request.part.until);
}

TEST_CASE(
    "a backlog that does not reach back far enough is refused, and nothing is done to Redis") {
  std::vector<std::string> much;
  for (int i = 0; i < 64; ++i)
    much.push_back("SET lost" + std::to_string(i) + ' ' + std::string(1000, 'x'));
  Diverged pair{{"SET common 1"}, much, {"--repl-backlog-size", "16kb"}};
  const auto replid = info(pair.old(), "master_replid");
  CHECK(why_not(pair, request_of(pair)).find("the replication backlog holds bytes") !=
        std::string::npos);
  CHECK(pair.parked());
  CHECK(info(pair.old(), "master_replid") == replid);
  CHECK(number(pair.old(), "sync_full") == 1);  // its replica's, long ago
  CHECK(number(pair.old(), "rdb_bgsave_in_progress") == 0);
}

TEST_CASE("a Redis that is a master, or follows one, or has another history is left as it is") {
  Diverged pair{{"SET common 1"}, lost};
  auto request = request_of(pair);
  request.part.replid = std::string(40, 'e');
  CHECK(why_not(pair, request).find("the replication ID of Redis is") != std::string::npos);
  CHECK(pair.parked());
  request = request_of(pair);
  REQUIRE(pair.old().ask("REPLICAOF NO ONE") == "OK");
  CHECK(why_not(pair, request).find("is a master, not parked") != std::string::npos);
  CHECK(info(pair.old(), "role") == "master");
  REQUIRE(pair.old().ask("REPLICAOF 127.0.0.2 6379") == "OK");
  CHECK(why_not(pair, request).find("it is not parked") != std::string::npos);
  CHECK(info(pair.old(), "master_port") == "6379");
}

TEST_CASE("with a password the tail is captured, with a wrong one nothing is done") {
  Diverged pair{{"SET common 1"}, lost, {}, "secret"};
  auto request = request_of(pair);
  request.password = "a wrong one";
  const auto why = why_not(pair, request);
  CHECK(why == "127.0.0.1:6379: AUTH was refused");
  CHECK(pair.parked());
  const auto report = capture(request_of(pair));
  INFO((report ? "captured" : report.error().text()));
  REQUIRE(report);
  CHECK(pair.parked());
}

TEST_CASE("a user who may not PSYNC gets no tail, and Redis is parked again") {
  Diverged pair{{"SET common 1"}, lost};
  REQUIRE(pair.old().ask("ACL SETUSER operator on >secret +@all -psync ~* &*") == "OK");
  auto request = request_of(pair);
  request.username = "operator";
  request.password = "secret";
  CHECK(why_not(pair, request).find("PSYNC was answered: -NOPERM") != std::string::npos);
  CHECK(info(pair.old(), "master_replid2") == request.part.replid);  // it was a master
  CHECK(pair.parked());
  CHECK(pair.old().ask("SET late 1").find("READONLY") == 0);
}

TEST_CASE("a user who may not un-park Redis gets no tail") {
  Diverged pair{{"SET common 1"}, lost};
  REQUIRE(pair.old().ask("ACL SETUSER operator on >secret +@all -client|pause ~* &*") == "OK");
  auto request = request_of(pair);
  request.username = "operator";
  request.password = "secret";
  CHECK(why_not(pair, request).find("EXECABORT") != std::string::npos);
  CHECK(info(pair.old(), "master_replid") == request.part.replid);  // it was never a master
  CHECK(pair.parked());
}

TEST_CASE("an end that is inside a command is refused, and Redis is parked again") {
  Diverged pair{{"SET common 1"}, lost};
  auto request = request_of(pair);
  --request.part.until;
  CHECK(why_not(pair, request) == "the tail ends inside a command");
  CHECK(pair.parked());
}

TEST_CASE("a file that cannot be made is an error, and Redis is parked again") {
  Diverged pair{{"SET common 1"}, lost};
  auto request = request_of(pair);
  request.path = "/nowhere/tail.resp";
  CHECK(why_not(pair, request).find("/nowhere/tail.resp: cannot create") != std::string::npos);
  CHECK(pair.parked());
  request = request_of(pair);
  std::ofstream{request.path} << "of someone else";
  const auto result = capture(request);
  REQUIRE_FALSE(result);
  CHECK(pair.read("tail.resp") == "of someone else");
  CHECK(pair.parked());
}

TEST_CASE("a Redis that is gone is an error") {
  Diverged pair{{"SET common 1"}, lost};
  const auto request = request_of(pair);
  pair.kill_old();
  CHECK(why_not(pair, request) == "127.0.0.1:6379: Connection refused");
}

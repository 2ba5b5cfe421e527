#include "redis/replication_stream.hpp"

#include "catch.hpp"

using namespace redvip;
using redis::database_after;
using redis::ReplicationStream;
using redis::StreamCount;
using redis::to_resp;

namespace {

// The private tail of redis.md section 2.3, which is 121 bytes long.
const std::string measured = to_resp({"SET", "lost1", "abc"}) + to_resp({"INCR", "lost2"}) +
                             to_resp({"SELECT", "3"}) + to_resp({"LPUSH", "lost3", "x", "y"});

ReplicationStream stream_of(const std::string& bytes) {
  ReplicationStream stream;
  REQUIRE(stream.read(bytes));
  return stream;
}

std::string problem_of(const std::string& bytes) {
  ReplicationStream stream;
  const auto read = stream.read(bytes);
  REQUIRE_FALSE(read);
  return read.error().text();
}

std::int64_t length(const std::string& text) {
  return static_cast<std::int64_t>(text.size());
}

}  // namespace

TEST_CASE("a stream is counted in bytes, and in commands that clients gave") {
  const auto stream = stream_of(measured);
  CHECK(stream.count() == StreamCount{121, 3, 121 - length(to_resp({"SELECT", "3"}))});
  CHECK(stream.between_commands());
}

TEST_CASE("what a master says for itself is in the bytes, but not in the commands of clients") {
  const auto chatter = to_resp({"PING"}) + "\n" + to_resp({"SELECT", "0"}) + "\n\n" +
                       to_resp({"REPLCONF", "GETACK", "*"});
  const auto stream = stream_of(chatter);
  CHECK(stream.count() == StreamCount{length(chatter), 0, 0});
  CHECK(stream.between_commands());
}

TEST_CASE("a transaction is of clients, from MULTI to EXEC") {
  const auto transaction =
      to_resp({"MULTI"}) + to_resp({"SET", "a", "1"}) + to_resp({"DEL", "b"}) + to_resp({"EXEC"});
  CHECK(stream_of(transaction).count() == StreamCount{length(transaction), 4, length(transaction)});
}

TEST_CASE("a long command that begins like the master's own is of clients") {
  const auto command = to_resp({"PINGPONGPINGPONGPINGPONG"}) + to_resp({"PINGS"});
  CHECK(stream_of(command).count().commands == 2);
}

TEST_CASE("values may be empty, binary, or look like commands") {
  const std::string binary{"\0\r\n*1\r\n$4\r\nPING\r\n\xff", 18};
  const auto set = to_resp({"SET", "", binary});
  CHECK(stream_of(set).count() == StreamCount{length(set), 1, length(set)});
}

TEST_CASE("however a stream is cut, it is read alike") {
  const auto whole = "\n" + measured + to_resp({"PING"}) + to_resp({"SET", "k", ""});
  const auto expected = stream_of(whole).count();
  for (std::size_t first = 0; first <= whole.size(); ++first) {
    ReplicationStream stream;
    REQUIRE(stream.read(std::string_view{whole}.substr(0, first)));
    REQUIRE(stream.read(std::string_view{whole}.substr(first)));
    CHECK(stream.count() == expected);
    CHECK(stream.database() == 3);
  }
  ReplicationStream stream;
  for (const char byte : whole) REQUIRE(stream.read({&byte, 1}));
  CHECK(stream.count() == expected);
}

TEST_CASE("half a command is not between commands, and is not counted as one") {
  const auto set = to_resp({"SET", "key", "value"});
  for (std::size_t cut = 1; cut < set.size(); ++cut) {
    const auto stream = stream_of(set.substr(0, cut));
    CHECK_FALSE(stream.between_commands());
    CHECK(stream.count() == StreamCount{static_cast<std::int64_t>(cut), 0, 0});
  }
}

TEST_CASE("a stream tells whether it began in a database that it does not name") {
  CHECK(stream_of(measured).began_in_a_database());
  CHECK_FALSE(stream_of(to_resp({"PING"})).began_in_a_database());
  CHECK_FALSE(stream_of(to_resp({"SELECT", "5"}) + measured).began_in_a_database());
  CHECK(stream_of(to_resp({"SELECT", "5"})).database() == 5);
  CHECK(stream_of(to_resp({"PING"})).database() == std::nullopt);
}

TEST_CASE("what no master says is an error that tells after how many bytes") {
  const auto ping = to_resp({"PING"});
  CHECK(problem_of(ping + "PING\r\n") ==
        "byte 14: no replication stream: found 0x50 where 0x2a belongs");
  CHECK(problem_of("*1\r\nPING\r\n") ==
        "byte 4: no replication stream: found 0x50 where 0x24 belongs");
  CHECK(problem_of("*1\r\n$4\r\nPINGS\r\n") ==
        "byte 12: no replication stream: found 0x53 where 0x0d belongs");
  CHECK(problem_of("*0\r\n").find("no number of words: 0") != std::string::npos);
  CHECK(problem_of("*-1\r\n").find("no number of words: -1") != std::string::npos);
  CHECK(problem_of("*99999999999\r\n").find("no number of words") != std::string::npos);
  CHECK(problem_of("*1\r\n$-1\r\n").find("no length of a word: -1") != std::string::npos);
  CHECK(problem_of("*1\r\n$x\r\n").find("no length of a word: x") != std::string::npos);
  CHECK(problem_of("*1\n").find("without a carriage return") != std::string::npos);
  CHECK(problem_of("*1\r\n$1\r\nx\rx\r\n").find("longer than announced") != std::string::npos);
  CHECK(problem_of('*' + std::string(40, '1')).find("header without an end") != std::string::npos);
  CHECK(problem_of(to_resp({"SELECT", "-1"})).find("SELECT of no database") != std::string::npos);
  CHECK(problem_of(to_resp({"SELECT"})).find("SELECT of no database") != std::string::npos);
}

TEST_CASE("after an error nothing more is read, and the error remains") {
  ReplicationStream stream;
  const auto first = stream.read(measured + "garbage");
  const auto count = stream.count();
  REQUIRE_FALSE(first);
  CHECK(count.commands == 3);
  const auto second = stream.read(measured);
  REQUIRE_FALSE(second);
  CHECK(second.error() == first.error());
  CHECK(stream.count() == count);
}

TEST_CASE("the database is the one of the last SELECT before, wherever the part begins") {
  const auto before = measured + to_resp({"SELECT", "12"}) + to_resp({"SET", "a", "b"});
  CHECK(database_after(before) == 12);
  CHECK(database_after(before.substr(7)) == 12);  // begins inside a command
  CHECK(database_after(measured) == 3);
  CHECK(database_after("") == std::nullopt);
  CHECK(database_after(to_resp({"SET", "a", "b"})) == std::nullopt);
}

TEST_CASE("a value that looks like a SELECT does not choose the database") {
  const auto imitation = to_resp({"SET", "note", "see " + to_resp({"SELECT", "9"})});
  CHECK(database_after(imitation) == std::nullopt);
  CHECK(database_after(to_resp({"SELECT", "2"}) + imitation) == 2);
  // One that does not end with the part cannot stand for it.
  CHECK(database_after(to_resp({"SELECT", "2"}).substr(0, 18)) == std::nullopt);
}

TEST_CASE("so many imitations that trying them all would take long are given up") {
  std::string value;
  for (int i = 0; i < 10'000; ++i) value += to_resp({"SELECT", "9"});
  CHECK(database_after(to_resp({"SELECT", "2"}) + to_resp({"SET", "note", value + "."})) ==
        std::nullopt);
}

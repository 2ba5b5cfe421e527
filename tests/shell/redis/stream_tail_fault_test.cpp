// What goes wrong after Redis was un-parked: a server of our own says what a real one says rarely.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "catch.hpp"
#include "redis/replication_stream.hpp"
#include "redis/stream_tail.hpp"
#include "support.hpp"

using namespace redvip;
using namespace redvip::test;
using boost::asio::ip::tcp;
using redis::TailReport;
using redis::to_resp;

namespace {

const std::string line(40, 'a');
const std::string later_line(40, 'b');
const std::string parked =
    "role:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:0\r\nmaster_link_status:down\r\n";
const std::string tail = to_resp({"SET", "k", "v"}) + to_resp({"PING"});
const std::string hang_up = "hang up";

// INFO of a parked Redis of the line, or of what it becomes.
std::string info(bool is_parked) {
  auto text = "redis_version:7.0.15\r\nrun_id:" + std::string(40, 'c') + "\r\n" +
              (is_parked ? parked : "role:master\r\n") +
              "master_replid:" + (is_parked ? line : later_line) +
              "\r\nmaster_replid2:" + (is_parked ? std::string(40, '0') : line) +
              "\r\nmaster_repl_offset:1000\r\nslave_repl_offset:1000\r\nsecond_repl_offset:" +
              (is_parked ? "-1" : "1001") +
              "\r\nmaster_sync_in_progress:0\r\nrepl_backlog_active:1\r\n"
              "repl_backlog_first_byte_offset:1\r\nrepl_backlog_histlen:1000\r\nloading:0\r\n";
  return '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

// Answers by the first word of a command. Knows no transaction: what the commands inside one say
// is what the test lets EXEC say.
class Impostor {
 public:
  using Answers = std::map<std::string, std::string>;

  Impostor(boost::asio::io_context& io, Answers answers)
      : acceptor_{io, {boost::asio::ip::address_v4::loopback(), 6379}} {
    answers_ = {{"INFO", info(true)},
                {"MULTI", "+OK\r\n"},
                {"CLIENT", "+OK\r\n"},
                {"REPLICAOF", "+OK\r\n"},
                {"PSYNC", "+CONTINUE\r\n" + tail},
                {"EXEC", "*3\r\n+OK\r\n+OK\r\n" + info(false)}};
    for (auto& [word, answer] : answers) answers_[word] = answer;
    accept();
  }

  std::vector<std::string> heard;  // each command, its words joined by blanks
  int visitors = 0;

 private:
  struct Guest {
    explicit Guest(tcp::socket s) : socket{std::move(s)} {}
    tcp::socket socket;
    std::string pending;
    std::array<char, 4096> buffer{};
  };

  void accept() {
    acceptor_.async_accept([this](auto error, tcp::socket socket) {
      if (error) return;
      ++visitors;
      listen(std::make_shared<Guest>(std::move(socket)));
      accept();
    });
  }

  void listen(const std::shared_ptr<Guest>& guest) {
    guest->socket.async_read_some(boost::asio::buffer(guest->buffer),
                                  [this, guest](auto error, std::size_t size) {
                                    if (error) return;
                                    guest->pending.append(guest->buffer.data(), size);
                                    while (guest->socket.is_open() && answer_one(*guest)) continue;
                                    if (guest->socket.is_open()) listen(guest);
                                  });
  }

  bool answer_one(Guest& guest) {
    redis::ReplicationStream reader;
    std::size_t size = 0;
    do {
      if (size == guest.pending.size()) return false;
      REQUIRE(reader.read({guest.pending.data() + size++, 1}));
    } while (!reader.between_commands());
    const auto words = words_of(guest.pending.substr(0, size));
    guest.pending.erase(0, size);
    std::string joined;
    for (const auto& word : words) joined += (joined.empty() ? "" : " ") + word;
    heard.push_back(joined);
    const auto said = answers_.at(words.front());
    boost::system::error_code ignored;
    if (said == hang_up) {
      answers_[words.front()] = "+OK\r\n";
      guest.socket.close(ignored);
    } else {
      boost::asio::write(guest.socket, boost::asio::buffer(said), ignored);
    }
    return true;
  }

  static std::vector<std::string> words_of(const std::string& resp) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < resp.size(); at = resp.find("\r\n", at) + 2) {
      lines.push_back(resp.substr(at, resp.find("\r\n", at) - at));
    }
    std::vector<std::string> words;
    for (std::size_t i = 2; i < lines.size(); i += 2) words.push_back(lines[i]);
    return words;
  }

  tcp::acceptor acceptor_;
  Answers answers_;
};

struct Attempt {
  explicit Attempt(Impostor::Answers answers, Millis limit = Millis{1500}) {
    enter_namespace();
    std::filesystem::remove(path);
    boost::asio::io_context io;
    Impostor impostor{io, std::move(answers)};
    redis::capture_tail(io, {redis_at, "", "", {line, 500, 499 + std::ssize(tail)}, path, limit},
                        [&](auto given) {
                          CHECK_FALSE(result);
                          result = std::move(given);
                        });
    for (int turns = 0; turns < 2000 && !result; ++turns) io.run_one_for(Millis{10});
    REQUIRE(result);
    heard = impostor.heard;
    visitors = impostor.visitors;
  }
  ~Attempt() { std::filesystem::remove(path); }

  [[nodiscard]] std::string why() const { return *result ? "" : result->error().text(); }
  [[nodiscard]] bool parked_after(const std::string& command) const {
    const auto at = std::ranges::find(heard, command);
    const auto parking = std::find(at, heard.end(), "REPLICAOF 127.0.0.1 0");
    return std::find(parking, heard.end(), "CLIENT UNPAUSE") != heard.end();
  }

  const std::string path = "/tmp/redvip-impostor-" + std::to_string(::getpid()) + ".resp";
  std::optional<Result<TailReport>> result;
  std::vector<std::string> heard;
  int visitors = 0;
};

// Bytes 1 to 499, which tell the database in which the tail begins.
const std::string before = to_resp({"SELECT", "4"}) + to_resp({"SET", "k", std::string(448, 'x')});
const std::string psync = "PSYNC " + line + " 1";

}  // namespace

TEST_CASE("every command of a capture is sent in the order that keeps writers out") {
  REQUIRE(before.size() == 499);
  const Attempt attempt{{{"PSYNC", "+CONTINUE\r\n" + before + tail}}};
  INFO(attempt.why());
  REQUIRE(*attempt.result);
  CHECK((*attempt.result)->database == 4);
  CHECK((*attempt.result)->database_known);
  CHECK(attempt.heard == std::vector<std::string>{"INFO", "MULTI", "CLIENT PAUSE 5000 WRITE",
                                                  "REPLICAOF NO ONE", "INFO", "EXEC", psync,
                                                  "REPLICAOF 127.0.0.1 0",
                                                  "CLIENT KILL TYPE replica", "CLIENT UNPAUSE"});
  CHECK(attempt.visitors == 2);
}

TEST_CASE("an answer to PSYNC other than +CONTINUE ends the capture, and Redis is parked again") {
  const auto answer = GENERATE(as<std::string>{}, "+FULLRESYNC 1234 1", "-NOMASTERLINK no",
                               "-LOADING wait", "+CONTINUED");
  const Attempt attempt{{{"PSYNC", "\n" + answer + "\r\n" + tail}}};
  CHECK(attempt.why() == "127.0.0.1:6379: PSYNC was answered: " + answer);
  CHECK(attempt.parked_after(psync));
}

TEST_CASE("a Redis that falls silent is parked again when the time is over") {
  const Attempt no_stream{{{"PSYNC", "+CONTINUE\r\n"}}, Millis{100}};
  CHECK(no_stream.why().find("not read within the time limit") != std::string::npos);
  CHECK(no_stream.parked_after(psync));
  const Attempt no_exec{{{"EXEC", ""}}, Millis{100}};
  CHECK(no_exec.why().find("not read within the time limit") != std::string::npos);
  CHECK(no_exec.parked_after("EXEC"));
}

TEST_CASE("a connection that is lost after un-parking is made again to park") {
  const Attempt attempt{{{"EXEC", hang_up}}};
  CHECK(attempt.why().find("closed the connection") != std::string::npos);
  CHECK(attempt.why().find("could not be parked") == std::string::npos);
  CHECK(attempt.parked_after("EXEC"));
  CHECK(attempt.visitors == 2);
}

TEST_CASE("a stream that breaks off, or is none, is an error, and Redis is parked again") {
  const Attempt closed{{{"PSYNC", hang_up}}};
  CHECK(closed.why().find("End of file") != std::string::npos);
  CHECK(closed.parked_after(psync));
  const Attempt garbage{{{"PSYNC", "+CONTINUE\r\n" + std::string(600, 'x')}}};
  CHECK(garbage.why().find("no replication stream") != std::string::npos);
  CHECK(garbage.parked_after(psync));
  CHECK_FALSE(std::filesystem::exists(garbage.path));
}

TEST_CASE("a Redis that did not become what was expected is not asked for a stream") {
  const Attempt still_parked{{{"EXEC", "*3\r\n+OK\r\n+OK\r\n" + info(true)}}};
  CHECK(still_parked.why().find("did not become a master") != std::string::npos);
  CHECK(still_parked.parked_after("EXEC"));
  CHECK(std::ranges::find(still_parked.heard, psync) == still_parked.heard.end());
  const Attempt failed{{{"EXEC", "*3\r\n-ERR no pause today\r\n+OK\r\n" + info(false)}}};
  CHECK(failed.why() == "ERR no pause today");
  CHECK(failed.parked_after("EXEC"));
}

TEST_CASE("that Redis could not be parked again is in the error, after the first cause") {
  const Attempt attempt{{{"PSYNC", "-NOPERM no"}, {"REPLICAOF", "-ERR not today\r\n"}}};
  // EXEC says by itself that REPLICAOF NO ONE was done.
  CHECK(attempt.why().find("Redis could not be parked again: ERR not today") != std::string::npos);
  const Attempt silent{{{"REPLICAOF", ""}, {"CLIENT", ""}}, Millis{100}};
  CHECK(silent.why().find("Redis could not be parked again: no answer") != std::string::npos);
}

TEST_CASE("an io_context may end during a capture, which is then never answered") {
  enter_namespace();
  const std::string path = "/tmp/redvip-ended-" + std::to_string(::getpid()) + ".resp";
  bool called = false;
  {
    boost::asio::io_context io;
    Impostor impostor{io, {{"PSYNC", "+CONTINUE\r\n"}}};
    redis::capture_tail(io, {redis_at, "", "", {line, 500, 530}, path, Seconds{1}},
                        [&](auto) { called = true; });
    io.run_for(Millis{100});
  }
  CHECK_FALSE(called);
}

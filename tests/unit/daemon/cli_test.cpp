#include "daemon/cli.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "catch.hpp"
#include "daemon/cli_daemon.hpp"
#include "daemon/cli_switchover.hpp"
#include "status_sample.hpp"

namespace redvip::daemon {

namespace {

std::variant<Invocation, Done> asked(std::vector<const char*> words) {
  words.insert(words.begin(), "redvip");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

HistoryRecord record(const std::string& from, const std::string& to) {
  auto record = sample_record();
  record.from = from;
  record.to = to;
  record.cause = "because";
  if (from == to) record.kind = "refused";
  return record;
}

std::optional<Outcome> outcome(const std::vector<HistoryRecord>& records,
                               const std::string& owner = "redis-a") {
  const auto before = sample_status();
  auto after = before;
  after.services[0].owner = owner;
  return switchover_outcome(before.services[0], records, after);
}

// A runtime_dir whose redvip.pid says this text.
class PidFile {
 public:
  explicit PidFile(const std::string& text) {
    REQUIRE(mkdtemp(config.runtime_dir.data()) != nullptr);
    std::ofstream{config.runtime_dir + "/redvip.pid"} << text;
  }
  ~PidFile() { std::filesystem::remove_all(config.runtime_dir); }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

  DaemonConfig config = [] {
    DaemonConfig made;
    made.runtime_dir = "/tmp/redvip-cli-XXXXXX";
    return made;
  }();
};

std::string refusal(const std::string& pid_file) {
  const PidFile file{pid_file};
  const auto found = DaemonProcess::find(file.config);
  return found ? "found" : found.error().message;
}

}  // namespace

TEST_CASE("a command takes its options and has the documented defaults") {
  const auto status = std::get<Invocation>(asked({"status"}));
  CHECK(status.verb == Verb::status);
  CHECK(status.config == "/etc/redvip/redvip.toml");
  CHECK_FALSE(status.watch);
  const auto run = std::get<Invocation>(asked({"run", "--config", "/c", "--node", "redis-b"}));
  CHECK(run.verb == Verb::run);
  CHECK(run.config == "/c");
  CHECK(run.node == "redis-b");
  const auto history = std::get<Invocation>(asked({"history", "-n", "3", "--json"}));
  CHECK(history.verb == Verb::history);
  CHECK(history.count == 3);
  CHECK(history.json);
  CHECK(std::get<Invocation>(asked({"switchover", "cache"})).service == "cache");
  CHECK(std::get<Invocation>(asked({"pause"})).verb == Verb::pause);
  CHECK_FALSE(std::get<Invocation>(asked({"resume"})).service.has_value());
}

TEST_CASE("wrong usage is 6 and help is 0") {
  CHECK(std::get<Done>(asked({})).exit_code == 6);
  CHECK(std::get<Done>(asked({"promote"})).exit_code == 6);
  CHECK(std::get<Done>(asked({"status", "--node", "x"})).exit_code == 6);
  CHECK(std::get<Done>(asked({"history", "-n", "0"})).exit_code == 6);
  CHECK(std::get<Done>(asked({"--help"})).exit_code == 0);
  CHECK(std::get<Done>(asked({"--version"})).exit_code == 0);
}

TEST_CASE("a switchover is undecided while nothing or too little has happened") {
  CHECK_FALSE(outcome({}).has_value());
  CHECK_FALSE(outcome({}, "redis-b").has_value());
  CHECK_FALSE(outcome({record("standby", "promoting")}).has_value());
  CHECK_FALSE(outcome({record("serving", "handing_over")}).has_value());
}

TEST_CASE("a switchover is done when this node serves or another is heard to") {
  const auto taken = outcome({record("standby", "promoting"), record("promoting", "serving")});
  REQUIRE(taken.has_value());
  CHECK(taken->done);
  CHECK(taken->text == "redis-a has it now: because");
  const auto given = outcome({record("serving", "handing_over")}, "redis-b");
  REQUIRE(given.has_value());
  CHECK(given->done);
  CHECK(given->text == "redis-b has it now");
}

TEST_CASE("a refused or withdrawn switchover is not done, and says why") {
  const auto refused = outcome({record("serving", "serving")});
  REQUIRE(refused.has_value());
  CHECK_FALSE(refused->done);
  CHECK(refused->text == "refused: because");
  const auto withdrawn =
      outcome({record("serving", "handing_over"), record("handing_over", "serving")});
  REQUIRE(withdrawn.has_value());
  CHECK_FALSE(withdrawn->done);
  CHECK(withdrawn->text == "still with redis-a: because");
}

TEST_CASE("another service's records decide nothing") {
  auto other = record("serving", "serving");
  other.service = "queue";
  CHECK_FALSE(outcome({other}).has_value());
}

TEST_CASE("no stranger is taken for the daemon") {
  CHECK(refusal("") == "the daemon is not running");
  CHECK(refusal("-1\n") == "the daemon is not running");
  CHECK(refusal("2147483647\n") == "the daemon is not running: no process 2147483647");
  const auto own = std::to_string(getpid());
  CHECK(refusal(own + '\n') == "the daemon is not running: process " + own + " is not redvip");
}

TEST_CASE("the daemon's process gets the signal with its value") {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGUSR2);
  sigprocmask(SIG_BLOCK, &awaited, nullptr);
  std::ofstream{"/proc/self/comm"} << "redvip";
  {
    const PidFile file{std::to_string(getpid()) + '\n'};
    const auto found = DaemonProcess::find(file.config);
    REQUIRE(found.has_value());
    REQUIRE(found->signal(SIGUSR2, 51).has_value());
  }
  std::ofstream{"/proc/self/comm"} << "unit_daemon";
  siginfo_t info{};
  CHECK(sigwaitinfo(&awaited, &info) == SIGUSR2);
  CHECK(info.si_value.sival_int == 51);
  sigprocmask(SIG_UNBLOCK, &awaited, nullptr);
}

}  // namespace redvip::daemon

#include "support.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "catch.hpp"
#include "redis/reply.hpp"

namespace redvip::test {
namespace {

constexpr auto patience = std::chrono::seconds{20};

pid_t spawn(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test itself is killed
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  return pid;
}

// Also while it loads, and when it asks for a password.
void wait_until_it_answers() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (Client{}.ask("PING") != "closed") return;
    std::this_thread::sleep_for(Millis{10});
  }
  FAIL("redis-server does not answer");
}

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? "" : std::string{reply.str, reply.len};
}

}  // namespace

void enter_namespace() {
  static const bool entered = [] {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE(::unshare(CLONE_NEWNET) == 0);
    run("ip link set lo up");
    return true;
  }();
  REQUIRE(entered);
}

void run(const std::string& command) {
  CAPTURE(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

RedisServer::RedisServer(std::vector<std::string> options) : options_{std::move(options)} {
  enter_namespace();
  std::string path = "/tmp/redvip-test-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  directory_ = path;
  start();
}

RedisServer::~RedisServer() {
  kill();
  std::filesystem::remove_all(directory_);
}

void RedisServer::start(const std::vector<std::string>& more_options) {
  std::vector<std::string> words{
      "redis-server",           "--port", "6379", "--dir", directory_.string(), "--save", "",
      "--enable-debug-command", "yes"};
  words.insert(words.end(), options_.begin(), options_.end());
  words.insert(words.end(), more_options.begin(), more_options.end());
  pid_ = spawn(words);
  wait_until_it_answers();
}

void RedisServer::signal(int number) const {
  REQUIRE(::kill(pid_, number) == 0);
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

Client::Client(IpAddress address)
    : context_{redisConnectWithTimeout(address.text().c_str(), 6379, {1, 0})} {
  if (context_->err == 0) redisSetTimeout(context_, {0, 300'000});
  if (context_->err != 0 || !spoken_tls) return;
  auto secured = spoken_tls->connect(address);
  REQUIRE(secured);
  (void)redis::start_tls(*context_, *secured);  // what failed is in the context
}

Client::~Client() {
  redisFree(context_);
}

std::string Client::ask(const std::string& command) {
  if (context_->err != 0) return "closed";
  auto* reply = static_cast<redisReply*>(redisCommand(context_, command.c_str()));
  if (reply == nullptr) {
    const bool silent = context_->err == REDIS_ERR_IO && errno == EAGAIN;
    return silent ? "silent" : "closed";
  }
  auto text = text_of(*reply);
  freeReplyObject(reply);
  return text;
}

void Client::run_forever() {
  int done = 0;
  redisAppendCommand(context_, "EVAL %s 0", "while true do end");
  while (done == 0) REQUIRE(redisBufferWrite(context_, &done) == REDIS_OK);
}

Watch::Watch(std::function<void(redis::ConnectionConfig&)> change) {
  enter_namespace();
  redis::ConnectionConfig config{redis_at, {}, {}, {}, Seconds{1}, Millis{20}};
  if (change) change(config);
  redis::Handlers handlers;
  handlers.connected = [this] { say("connected"); };
  handlers.observed = [this](Observation seen) {
    observations.push_back(std::move(seen));
    say("observed");
  };
  handlers.refused = [this](Refusal refusal, std::string text) {
    texts.push_back(std::move(text));
    say("refused " + std::string{name(refusal)});
  };
  handlers.lost = [this](Loss loss, std::string text) {
    texts.push_back(std::move(text));
    say("lost " + std::string{name(loss)});
  };
  connection = std::make_unique<redis::Connection>(io, std::move(config), std::move(handlers));
}

void Watch::say(const std::string& word) {
  said.push_back(word);
  if (on_event) on_event();
}

void Watch::until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  io.restart();
  while (!condition() && std::chrono::steady_clock::now() < deadline) io.run_one_for(Millis{100});
  REQUIRE(condition());
}

void Watch::until_said(const std::string& word, int times) {
  INFO("waiting for " << word);
  until([&] { return count(word) >= times; });
}

void Watch::run_for(Millis duration) {
  io.restart();
  io.run_for(duration);
}

int Watch::count(const std::string& word) const {
  return static_cast<int>(std::ranges::count(said, word));
}

void Watch::connect() {
  start();
  until_said("connected");
  run_for(Millis{50});
}

Observation Watch::observe() {
  const auto before = observations.size();
  connection->observe();
  until([&] { return observations.size() > before; });
  return observations.back();
}

Result<void> Watch::send(const Command& command) {
  std::optional<Result<void>> answer;
  connection->send(command, [&](Result<void> result) { answer = std::move(result); });
  REQUIRE(!answer);  // never from inside the call
  until([&] { return answer.has_value(); });
  return *answer;
}

}  // namespace redvip::test

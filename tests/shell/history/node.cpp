#include "node.hpp"

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
#include <iterator>
#include <memory>
#include <thread>

#include "catch.hpp"
#include "redis/info.hpp"
#include "redis/info_fields.hpp"

namespace redvip::history {
namespace {

using Reply = std::unique_ptr<redisReply, decltype(&::freeReplyObject)>;

void enter_namespace() {
  static const bool entered = [] {
    std::signal(SIGPIPE, SIG_IGN);
    return ::unshare(CLONE_NEWNET) == 0 && std::system("ip link set lo up") == 0;
  }();
  REQUIRE(entered);
}

pid_t spawn(Words words, const std::string& log) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);                     // it may have a child that writes a file
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test itself is killed
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  return pid;
}

Reply send(redisContext* connection, const Words& command) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const auto& word : command) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  auto* reply =
      redisCommandArgv(connection, static_cast<int>(command.size()), texts.data(), lengths.data());
  INFO(command.front() << ": " << connection->errstr);
  REQUIRE(reply != nullptr);
  return {static_cast<redisReply*>(reply), &::freeReplyObject};
}

std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? "" : std::string{reply.str, reply.len};
}

Observation parsed(const std::string& info) {
  auto seen = redis::parse_info(info);
  INFO((seen ? "" : seen.error().text()));
  REQUIRE(seen);
  return *std::move(seen);
}

}  // namespace

void eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(Millis{5});
  }
  REQUIRE(condition());
}

std::int64_t stream_bytes(const Words& command) {
  auto text = "*" + std::to_string(command.size()) + "\r\n";
  for (const auto& word : command) {
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return static_cast<std::int64_t>(text.size());
}

Node::Node(const Version& version, std::uint16_t port, Words options)
    : version_{version}, port_{port}, options_{std::move(options)} {
  enter_namespace();
  std::string path = "/tmp/redvip-history-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  folder_ = path;
  start();
  wait_until_loaded();
  look();
}

Node::~Node() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Node::start(const Words& more_options) {
  Words words{version_.path,
              "--port",
              std::to_string(port_),
              "--bind",
              "127.0.0.1",
              "--dir",
              folder_.string(),
              "--save",
              "",
              "--repl-ping-replica-period",
              "3600",
              "--repl-diskless-sync",
              "no",
              "--hz",
              "100"};
  words.insert(words.end(), options_.begin(), options_.end());
  words.insert(words.end(), more_options.begin(), more_options.end());
  process_ = spawn(std::move(words), folder_ / "log");
  connect();
}

void Node::connect() {
  eventually([this] {
    if (connection_ != nullptr) redisFree(connection_);
    connection_ = redisConnect("127.0.0.1", port_);
    return connection_->err == 0;
  });
}

void Node::wait_until_loaded() {
  eventually([this] { return !parsed(ask({"INFO"})).loading; });
}

void Node::kill() {
  if (connection_ != nullptr) redisFree(connection_);
  connection_ = nullptr;
  if (process_ <= 0) return;
  ::kill(-process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void Node::remove_files() {
  for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
    if (entry.path().filename() != "log") std::filesystem::remove_all(entry.path());
  }
}

std::string Node::ask(const Words& command) {
  const auto reply = send(connection_, command);
  INFO(command.front() << ": " << text_of(*reply));
  REQUIRE(reply->type != REDIS_REPLY_ERROR);
  return text_of(*reply);
}

std::int64_t Node::write(int count) {
  std::int64_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    const Words set{"SET", std::to_string(port_) + "-" + std::to_string(++written_), "value"};
    ask(set);
    bytes += stream_bytes(set);
  }
  return bytes;
}

Keys Node::keys() {
  const auto reply = send(connection_, {"KEYS", "*"});
  Keys found;
  for (std::size_t i = 0; i < reply->elements; ++i) found.insert(text_of(*reply->element[i]));
  return found;
}

std::int64_t Node::counted(const std::string& field) {
  const auto info = ask({"INFO"});
  return redis::InfoFields{info}.number(field, {0, 1'000'000'000});
}

// As Service::worth_remembering does it.
Observation Node::look() {
  const auto seen = parsed(ask({"INFO"}));
  if (seen.loading) return seen;
  auto entry = journal_ ? journal_->last : JournalEntry{};
  if (entry.own.replid != seen.replid) entry.joined_at = joining_at_;
  entry.own = Dataset::of(seen);
  entry.run_id = seen.run_id;
  entry.replid2 = seen.replid2;
  entry.second_repl_offset = seen.second_repl_offset;
  entry.role = seen.role;
  journal_ = noted(journal_, entry);
  return seen;
}

void Node::follow(Node& master) {
  const auto comparison = by_journal(*this, master);
  joining_at_.reset();
  if (comparison.exact && comparison.common >= 0) joining_at_ = comparison.common;
  ask({"REPLICAOF", "127.0.0.1", std::to_string(master.port())});
  eventually([&] {
    const auto mine = parsed(ask({"INFO"}));
    const auto theirs = parsed(master.ask({"INFO"}));
    return mine.link_up && !mine.loading && mine.replid == theirs.replid &&
           mine.slave_repl_offset == theirs.master_repl_offset && mine.keys == theirs.keys &&
           std::ranges::any_of(theirs.replicas, [&](const AttachedReplica& replica) {
             return replica.at.port == port_ && replica.online;
           });
  });
  look();
  master.look();  // with its first replica ever it gets another ID
}

void Node::park() {
  ask({"REPLICAOF", "127.0.0.1", "0"});
  look();
}

void Node::promote() {
  ask({"REPLICAOF", "NO", "ONE"});
  look();
}

Comparison by_ids(Node& mine, Node& theirs) {
  return compare(mine.look(), theirs.look());
}

Comparison by_journal(Node& mine, Node& theirs) {
  const auto seen = mine.look();
  return compare(seen, theirs.look(), mine.past());
}

Follow gate(Node& follower, Node& master, OnDivergence policy) {
  RedisConfig config;
  config.on_divergence = policy;
  const auto comparison = by_journal(follower, master);
  return may_follow(config, follower.look(), master.look(), comparison, false).follow;
}

Follow gate(Node& follower, Node& master) {
  return gate(follower, master, OnDivergence::save);
}

Keys lost_by_following(Node& follower, Node& master) {
  const auto before = follower.keys();
  follower.follow(master);
  const auto after = follower.keys();
  Keys lost;
  std::ranges::set_difference(before, after, std::inserter(lost, lost.end()));
  return lost;
}

}  // namespace redvip::history

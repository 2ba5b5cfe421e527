#include "differential/real_redis.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "redis/command.hpp"
#include "redis/info.hpp"

namespace redvip::differential {
namespace {

struct Free {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Free>;

Reply ask(redisContext* connection, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    texts.push_back(word.data());
    lengths.push_back(word.size());
  }
  Reply reply{static_cast<redisReply*>(
      redisCommandArgv(connection, static_cast<int>(words.size()), texts.data(), lengths.data()))};
  if (!reply) throw std::runtime_error{"redis-server closed the connection"};
  return reply;
}

bool is_error(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return true;
  for (std::size_t i = 0; reply.type == REDIS_REPLY_ARRAY && i < reply.elements; ++i) {
    if (is_error(*reply.element[i])) return true;
  }
  return false;
}

}  // namespace

void enter_own_network() {
  if (::unshare(CLONE_NEWNET) != 0) throw std::runtime_error{"needs root: no network namespace"};
  const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  ::ioctl(any, SIOCSIFFLAGS, &loopback);
  ::close(any);
}

RealRedis::RealRedis(std::uint16_t port, Settings settings) : port_{port}, settings_{settings} {
  std::string name = (std::filesystem::temp_directory_path() / "redvip_differential_XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
  folder_ = name;
}

RealRedis::~RealRedis() {
  kill();
  std::filesystem::remove_all(folder_);
}

void RealRedis::start() {
  std::vector<std::string> words{"redis-server", "--port", std::to_string(port_), "--bind",
                                 "127.0.0.1", "--dir", folder_, "--save", "",
                                 // Nothing but what the script writes may be in the stream.
                                 "--repl-ping-replica-period", "3600", "--repl-diskless-sync",
                                 settings_.diskless ? "yes" : "no", "--repl-diskless-sync-delay",
                                 "0", "--appendonly", settings_.append_only ? "yes" : "no"};
  if (settings_.born_parked) words.insert(words.end(), {"--replicaof", "127.0.0.1 0"});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  connect();
}

void RealRedis::connect() {
  for (int tries = 0; tries < 500; ++tries) {
    connection_ = redisConnect("127.0.0.1", port_);
    if (connection_ != nullptr && connection_->err == 0) {
      const auto pong = ask(connection_, {"PING"});
      if (!is_error(*pong) || std::strncmp(pong->str, "LOADING", 7) != 0) return;
    }
    disconnect();
    std::this_thread::sleep_for(Millis{10});
  }
  throw std::runtime_error{"redis-server does not start; see " + folder_ + "/log"};
}

void RealRedis::disconnect() {
  if (connection_ != nullptr) redisFree(connection_);
  connection_ = nullptr;
}

void RealRedis::kill() {
  disconnect();
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void RealRedis::forget() {
  for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
    if (entry.path().filename() != "log") std::filesystem::remove_all(entry.path());
  }
}

bool RealRedis::run(const std::vector<std::string>& words) {
  return !is_error(*ask(connection_, words));
}

bool RealRedis::execute(const Command& command) {
  bool fine = true;
  for (const auto& words : redis::to_redis(command)) fine = run(words) && fine;
  return fine;
}

bool RealRedis::set(std::size_t key) {
  char name[8];
  std::snprintf(name, sizeof name, "k%04zu", key);
  return run({"SET", name, "v"});
}

Observation RealRedis::info() {
  const auto reply = ask(connection_, {"INFO"});
  const auto seen = redis::parse_info({reply->str, reply->len});
  if (!seen) throw std::runtime_error{seen.error().text()};
  return *seen;
}

std::set<std::size_t> RealRedis::keys() {
  std::set<std::size_t> found;
  const auto reply = ask(connection_, {"KEYS", "*"});
  for (std::size_t i = 0; i < reply->elements; ++i) {
    found.insert(std::stoul(reply->element[i]->str + 1));
  }
  return found;
}

}  // namespace redvip::differential

#include "lab/redis.hpp"

#include <algorithm>
#include <cerrno>

#include "lab/eventually.hpp"

namespace redvip::lab {
namespace {

// No delay: that is Redis's wait for further replicas before a full copy, and here is only one. A
// PING each second: an idle empty master sends nothing else that a replica could acknowledge.
constexpr const char* configuration = R"(port 6379
bind 0.0.0.0
protected-mode no
save ""
repl-diskless-sync-delay 0
repl-ping-replica-period 1
)";

timeval to_timeval(std::chrono::milliseconds value) {
  return {value.count() / 1000, value.count() % 1000 * 1000};
}

std::string text(const redisReply* reply) {
  return {reply->str, reply->len};
}

}  // namespace

RedisClient::RedisClient(const Host& from, const std::string& address,
                         std::chrono::milliseconds connect, std::chrono::milliseconds reply)
    : context_{nullptr, &::redisFree} {
  ::signal(SIGPIPE, SIG_IGN);  // hiredis writes to closed sockets
  const Inside here{from.net};
  errno = 0;
  context_.reset(::redisConnectWithTimeout(address.c_str(), 6379, to_timeval(connect)));
  errno_ = errno;
  if (!broken()) ::redisSetTimeout(context_.get(), to_timeval(reply));
}

Reply RedisClient::command(const std::vector<std::string>& words) {
  if (broken()) return {nullptr, &::freeReplyObject};
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  errno = 0;
  void* reply = ::redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(),
                                   sizes.data());
  errno_ = errno;
  return {static_cast<redisReply*>(reply), &::freeReplyObject};
}

std::string RedisClient::error() const {
  return context_ == nullptr ? "out of memory" : context_->errstr;
}

Redis::Redis(const Host& host, const std::filesystem::path& folder,
             const std::vector<std::string>& options)
    : host_{host}, folder_{folder}, options_{options} {
  std::filesystem::create_directories(folder_);
  start();
}

Redis::~Redis() {
  process_->signal(SIGKILL);
}

void Redis::start() {
  write_file(folder_ / "redis.conf", std::string{configuration} + "dir " + folder_.string());
  std::vector<std::string> argv{"redis-server", folder_ / "redis.conf"};
  argv.insert(argv.end(), options_.begin(), options_.end());
  std::filesystem::remove(folder_ / "redis.log");  // of the one before: it said Ready, too
  process_ = std::make_unique<Process>(host_.net, argv, folder_ / "redis.log");
  // Any reply will do: with a password or another bind address it is not ours to judge.
  const bool listens = eventually([this] {
    return process_->log().find("Ready to accept connections") != std::string::npos ||
           !process_->running();
  });
  if (!listens || !process_->running()) throw LabError{"redis-server: " + process_->log()};
}

void Redis::kill() {
  process_->signal(SIGKILL);
  if (!process_->wait(std::chrono::seconds{5})) throw LabError{"redis-server outlives SIGKILL"};
}

Reply Redis::command(const std::vector<std::string>& words) const {
  constexpr std::chrono::milliseconds patience{500};
  return RedisClient{host_, host_.address, patience, patience}.command(words);
}

std::optional<Role> Redis::role() const {
  const Reply reply = command({"ROLE"});
  if (!reply || reply->type != REDIS_REPLY_ARRAY) return std::nullopt;
  Role role;
  role.master = text(reply->element[0]) == "master";
  if (!role.master) {
    role.master_host = text(reply->element[1]);
    role.connected = text(reply->element[3]) == "connected";
    role.offset = reply->element[4]->integer;
    return role;
  }
  role.offset = reply->element[1]->integer;
  for (std::size_t i = 0; i < reply->element[2]->elements; ++i) {
    redisReply** replica = reply->element[2]->element[i]->element;  // address, port, offset
    if (text(replica[2]) != "0") role.fed.push_back(text(replica[0]));
  }
  return role;
}

bool Redis::is_master() const {
  const auto seen = role();
  return seen && seen->master;
}

bool Redis::follows(const Host& master) const {
  const auto seen = role();
  return seen && !seen->master && seen->connected && seen->master_host == master.address;
}

bool Redis::feeds(const Host& replica) const {
  const auto seen = role();
  return seen && std::count(seen->fed.begin(), seen->fed.end(), replica.address) > 0;
}

std::int64_t Redis::keys() const {
  const Reply reply = command({"DBSIZE"});
  return reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : -1;
}

std::size_t Redis::missing(const std::vector<std::string>& keys) const {
  constexpr std::size_t chunk = 1000;
  std::size_t absent = 0;
  for (std::size_t first = 0; first < keys.size(); first += chunk) {
    const std::size_t count = std::min(chunk, keys.size() - first);
    std::vector<std::string> words{"EXISTS"};
    words.insert(words.end(), keys.begin() + static_cast<std::ptrdiff_t>(first),
                 keys.begin() + static_cast<std::ptrdiff_t>(first + count));
    const Reply reply = command(words);
    if (!reply || reply->type != REDIS_REPLY_INTEGER) throw LabError{"EXISTS is not answered"};
    absent += count - static_cast<std::size_t>(reply->integer);
  }
  return absent;
}

}  // namespace redvip::lab

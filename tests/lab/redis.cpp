#include "lab/redis.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "lab/eventually.hpp"

namespace redvip::lab {
namespace {

// No delay: that is Redis's wait for further replicas before a full copy, and here is only one. A
// PING each second: an idle empty master sends nothing else that a replica could acknowledge.
constexpr const char* configuration = R"(port 6379
bind 0.0.0.0
protected-mode no
repl-diskless-sync-delay 0
repl-ping-replica-period 1
)";

// A snapshot a second while there are writes.
const char* persistence_lines(Persistence persistence) {
  switch (persistence) {
    case Persistence::none:
      return "save \"\"\n";
    case Persistence::rdb:
      return "save 1 1\n";
    case Persistence::aof:
      return "save \"\"\nappendonly yes\n";
  }
  return "";
}

timeval to_timeval(std::chrono::milliseconds value) {
  return {value.count() / 1000, value.count() % 1000 * 1000};
}

std::string text(const redisReply* reply) {
  return {reply->str, reply->len};
}

}  // namespace

std::string redis_binary() {
  const char* chosen = std::getenv("REDVIP_REDIS_SERVER");
  return chosen == nullptr ? "redis-server" : chosen;
}

const char* to_text(Persistence persistence) {
  switch (persistence) {
    case Persistence::none:
      return "no persistence";
    case Persistence::rdb:
      return "RDB";
    case Persistence::aof:
      return "AOF";
  }
  return "?";
}

RedisClient::RedisClient(const Host& from, const std::string& address,
                         std::chrono::milliseconds connect, std::chrono::milliseconds reply,
                         int port)
    : context_{nullptr, &::redisFree} {
  ::signal(SIGPIPE, SIG_IGN);  // hiredis writes to closed sockets
  const Inside here{from.net};
  errno = 0;
  context_.reset(::redisConnectWithTimeout(address.c_str(), port, to_timeval(connect)));
  errno_ = errno;
  if (!broken()) ::redisSetTimeout(context_.get(), to_timeval(reply));
  if (!broken() && start_tls && !start_tls(*context_, address)) errno_ = errno;
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

Reply RedisClient::next() {
  void* reply = nullptr;
  errno = 0;
  if (!broken()) ::redisGetReply(context_.get(), &reply);
  errno_ = errno;
  return {static_cast<redisReply*>(reply), &::freeReplyObject};
}

std::string RedisClient::error() const {
  return context_ == nullptr ? "out of memory" : context_->errstr;
}

Redis::Redis(const Host& host, const std::filesystem::path& folder, RedisSetup setup)
    : host_{host}, folder_{folder}, setup_{std::move(setup)} {
  std::filesystem::create_directories(folder_);
  start();
}

Redis::~Redis() {
  process_->signal(SIGKILL);
}

void Redis::start() {
  const auto config = folder_ / "redis.conf";
  if (!setup_.keeps_config || !std::filesystem::exists(config)) {
    write_file(config, std::string{configuration} + persistence_lines(setup_.persistence) +
                           (setup_.born_parked ? "replicaof 127.0.0.1 0\n" : "") + "dir " +
                           folder_.string());
  }
  std::vector<std::string> argv{redis_binary(), config};
  argv.insert(argv.end(), setup_.options.begin(), setup_.options.end());
  if (setup_.as_packaged) {
    must("chmod 0711 " + folder_.parent_path().string() + " && chown redis:redis " +
         folder_.string() + " && chmod 0750 " + folder_.string());
    argv.insert(argv.begin(), {"setpriv", "--reuid=redis", "--regid=redis", "--clear-groups", "sh",
                               "-c", "umask 007; exec \"$@\"", "redis"});
  }
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

std::string Redis::info(const std::string& field) const {
  const Reply reply = command({"INFO"});
  if (!reply || reply->type != REDIS_REPLY_STRING) return {};
  const std::string all = text(reply.get());
  const std::size_t line = all.find("\n" + field + ":");
  if (line == std::string::npos) return {};
  const std::size_t value = line + field.size() + 2;
  return all.substr(value, all.find('\r', value) - value);
}

void Redis::save() const {
  // While a sync of its file is under way, Redis holds what it acknowledges back for up to 2 s.
  if (setup_.persistence == Persistence::aof &&
      !eventually([this] { return info("aof_buffer_length") == "0"; })) {
    throw LabError{"the append-only file is not written"};
  }
  if (setup_.persistence != Persistence::rdb) return;
  // SAVE is refused while a snapshot of the server's own is under way.
  const bool saved = eventually([this] {
    const Reply reply = command({"SAVE"});
    return reply && reply->type == REDIS_REPLY_STATUS;
  });
  if (!saved) throw LabError{"SAVE is refused"};
}

std::vector<std::string> Redis::absent(const std::vector<std::string>& keys) const {
  constexpr std::size_t chunk = 1000;
  constexpr std::chrono::milliseconds patience{2000};
  RedisClient client{host_, host_.address, patience, patience};
  const auto count = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "EXISTS");
    const Reply reply = client.command(words);
    if (!reply || reply->type != REDIS_REPLY_INTEGER) throw LabError{"EXISTS is not answered"};
    return static_cast<std::size_t>(reply->integer);
  };
  std::vector<std::string> absent;
  for (auto first = keys.begin(); first != keys.end();) {
    const auto end = first + std::min<std::ptrdiff_t>(chunk, keys.end() - first);
    if (count({first, end}) < static_cast<std::size_t>(end - first)) {
      std::copy_if(first, end, std::back_inserter(absent),
                   [&](const std::string& key) { return count({key}) == 0; });
    }
    first = end;
  }
  return absent;
}

}  // namespace redvip::lab

#include "bench/clients.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace redvip::bench {
namespace {

// A connection that broke is made anew at once; one that came to nothing, no sooner than so and
// than its next write was due. Fifty clients would else keep every core busy with it.
constexpr std::chrono::microseconds between_connects{1000};
// A large value goes to one of so many places of its connection, and the key beside it: what all
// writes leave behind stays small.
constexpr std::uint32_t places = 4;

bool is_readonly(const redisReply& reply) {
  return std::string{reply.str, reply.len}.rfind("READONLY", 0) == 0;
}

// hiredis leaves EAGAIN behind when the client's patience is at its end.
Trouble trouble_of(const lab::RedisClient& redis) {
  const bool silence = redis.error_number() == EAGAIN || redis.error_number() == ETIMEDOUT;
  return silence ? Trouble::reply_timeout : Trouble::reset;
}

}  // namespace

class Clients::Connection {
 public:
  Connection(Clients& clients, std::uint32_t index)
      : clients_{clients}, index_{index}, thread_{[this] { work(); }} {}
  ~Connection() { thread_.join(); }

  // A client library closes its connections to a server that is no longer the master.
  void leave_unless(const std::string& address) {
    const std::lock_guard lock{mutex_};
    if (redis_ && address_ != address) ::shutdown(redis_->socket(), SHUT_RDWR);
  }

 private:
  void work();
  bool connect();
  void disconnect();
  bool write_until_broken();  // whether any write was acknowledged
  [[nodiscard]] std::vector<std::string> command(std::uint32_t number) const;
  [[nodiscard]] std::uint8_t who_answers();
  void fail(Trouble trouble, bool sent) { clients_.note(Failure{Clock::now(), trouble, sent}); }

  Clients& clients_;
  const std::uint32_t index_;
  std::uint32_t next_ = 0;
  std::mutex mutex_;  // guards the two below
  std::optional<lab::RedisClient> redis_{};
  std::string address_{};
  std::thread thread_;
};

void Clients::Connection::work() {
  // Spread over the time between two writes of one, so that their writes are spread as well.
  const auto& load = clients_.load_;
  // One waits for the host that it talks to and may share its cores; fifty take what there is.
  const auto& cores = clients_.from_.net.cores;
  if (cores && load.connections == 1 && ::sched_setaffinity(0, sizeof *cores, &*cores) != 0) {
    throw lab::system_error("sched_setaffinity");
  }
  std::this_thread::sleep_for(load.between * index_ / load.connections);
  while (!clients_.stopping_) {
    const bool worked = connect() && write_until_broken();
    disconnect();
    if (!worked) std::this_thread::sleep_for(std::max(between_connects, load.between));
  }
}

bool Clients::Connection::connect() {
  const auto address = clients_.directory_.locate();
  if (!address) {
    fail(Trouble::unreachable, false);
    return false;
  }
  const auto& load = clients_.load_;
  lab::RedisClient redis{clients_.from_, *address, connect_timeout, load.patience, load.port};
  if (redis.broken()) {
    fail(redis.error_number() == ECONNREFUSED ? Trouble::refused : Trouble::unreachable, false);
    return false;
  }
  {
    const std::lock_guard lock{mutex_};
    redis_.emplace(std::move(redis));
    address_ = *address;
  }
  if (!clients_.directory_.asks_role()) return true;
  const lab::Reply role = redis_->command({"ROLE"});
  const bool master = role && role->type == REDIS_REPLY_ARRAY && role->elements > 0 &&
                      std::string{role->element[0]->str, role->element[0]->len} == "master";
  if (!master) fail(role ? Trouble::readonly : trouble_of(*redis_), false);
  return master;
}

void Clients::Connection::disconnect() {
  const std::lock_guard lock{mutex_};
  redis_.reset();
}

std::vector<std::string> Clients::Connection::command(std::uint32_t number) const {
  const std::string key = clients_.prefix_ + std::to_string(index_) + ":" + std::to_string(number);
  if (clients_.load_.probing) return {"DEL", "no:such:key"};
  if (clients_.load_.value_bytes <= 1) return {"SET", key, clients_.value_};
  const std::string place =
      "value:" + std::to_string(index_) + ":" + std::to_string(number % places);
  return {"MSET", place, clients_.value_, key, ""};
}

std::uint8_t Clients::Connection::who_answers() {
  const lab::Reply reply = redis_->command({"CONFIG", "GET", "dir"});
  if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) return unknown_server;
  const std::string folder{reply->element[1]->str, reply->element[1]->len};
  const auto& servers = clients_.servers_;
  const auto found = std::find(servers.begin(), servers.end(), folder);
  return found == servers.end() ? unknown_server
                                : static_cast<std::uint8_t>(found - servers.begin());
}

bool Clients::Connection::write_until_broken() {
  std::uint8_t server = unknown_server;
  while (!clients_.stopping_) {
    const std::uint32_t number = next_++;
    const lab::Reply reply = redis_->command(command(number));
    if (!reply || reply->type == REDIS_REPLY_ERROR) {
      const Trouble trouble = !reply                ? trouble_of(*redis_)
                              : is_readonly(*reply) ? Trouble::readonly
                                                    : Trouble::other;
      fail(trouble, true);
      return server != unknown_server;
    }
    const auto answered = Clock::now();
    // Only now, so that the question does not delay the first write of a new connection.
    if (server == unknown_server) server = who_answers();
    clients_.note(Ack{index_, number, server, answered});
    std::this_thread::sleep_for(clients_.load_.between);
  }
  return true;
}

Clients::Clients(const lab::Host& from, Directory& directory, Load load, std::string prefix,
                 std::vector<std::string> servers)
    : from_{from},
      directory_{directory},
      load_{load},
      prefix_{std::move(prefix)},
      servers_{std::move(servers)},
      value_(load.value_bytes, 'v') {
  for (std::uint32_t i = 0; i < load.connections; ++i) {
    connections_.push_back(std::make_unique<Connection>(*this, i));
  }
  directory_.listen([this](const std::string& address) { moved_to(address); });
}

Clients::~Clients() {
  stop();
}

void Clients::stop() {
  stopping_ = true;
  directory_.listen({});
  connections_.clear();
}

void Clients::moved_to(const std::string& address) {
  for (const auto& connection : connections_) connection->leave_unless(address);
}

void Clients::note(const Ack& ack) {
  const std::lock_guard lock{mutex_};
  acks_.push_back(ack);
}

void Clients::note(const Failure& failure) {
  const std::lock_guard lock{mutex_};
  failures_.push_back(failure);
}

std::size_t Clients::acknowledged() const {
  const std::lock_guard lock{mutex_};
  return acks_.size();
}

std::vector<Ack> Clients::acks() const {
  const std::lock_guard lock{mutex_};
  auto sorted = acks_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Ack& a, const Ack& b) { return a.at < b.at; });
  return sorted;
}

std::vector<Failure> Clients::failures() const {
  const std::lock_guard lock{mutex_};
  return failures_;
}

std::string Clients::key(const Ack& ack) const {
  return prefix_ + std::to_string(ack.connection) + ":" + std::to_string(ack.number);
}

Clock::time_point Clients::last_ack() const {
  const std::lock_guard lock{mutex_};
  return acks_.empty() ? Clock::time_point{} : acks_.back().at;
}

}  // namespace redvip::bench

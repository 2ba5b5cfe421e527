#include "bench/directory.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <sstream>

#include "bench/sentinel.hpp"
#include "lab/redis.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 200ms;
constexpr auto between_attempts = 100ms;

std::optional<std::string> master_of(const lab::Reply& reply) {
  const bool found =
      reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 && reply->element[0]->str;
  if (!found) return std::nullopt;
  return std::string{reply->element[0]->str, reply->element[0]->len};
}

// The message of +switch-master: "<name> <old ip> <old port> <new ip> <new port>".
std::optional<std::string> new_address(const lab::Reply& reply, const std::string& master) {
  if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return std::nullopt;
  const redisReply& message = *reply->element[2];
  if (message.type != REDIS_REPLY_STRING) return std::nullopt;  // the answer to SUBSCRIBE
  std::istringstream words{std::string{message.str, message.len}};
  std::string name, old_address, old_port, address;
  words >> name >> old_address >> old_port >> address;
  return name == master ? std::optional{address} : std::nullopt;
}

}  // namespace

AskSentinels::AskSentinels(const lab::Host& from, std::vector<std::string> sentinels,
                           std::string master)
    : from_{from}, master_{std::move(master)}, sentinels_{std::move(sentinels)} {
  for (const std::string& sentinel : std::vector{sentinels_}) {
    listeners_.emplace_back([this, sentinel] { hear(sentinel); });
  }
}

AskSentinels::~AskSentinels() {
  stopping_ = true;
  for (auto& listener : listeners_) listener.join();
}

std::optional<std::string> AskSentinels::locate() {
  std::vector<std::string> sentinels;
  {
    const std::lock_guard lock{mutex_};
    sentinels = sentinels_;
  }
  for (const std::string& sentinel : sentinels) {
    lab::RedisClient client{from_, sentinel, patience, patience, sentinel_port};
    const auto master = master_of(client.command({"SENTINEL", "get-master-addr-by-name", master_}));
    if (!master) continue;
    const std::lock_guard lock{mutex_};
    const auto answered = std::find(sentinels_.begin(), sentinels_.end(), sentinel);
    std::rotate(sentinels_.begin(), answered, answered + 1);
    return master;
  }
  return std::nullopt;
}

void AskSentinels::listen(std::function<void(const std::string&)> moved) {
  const std::lock_guard lock{mutex_};
  moved_ = std::move(moved);
}

void AskSentinels::hear(const std::string& sentinel) {
  while (!stopping_) {
    lab::RedisClient client{from_, sentinel, patience, patience, sentinel_port};
    if (client.command({"SUBSCRIBE", "+switch-master"})) hear_from(client);
    std::this_thread::sleep_for(between_attempts);
  }
}

void AskSentinels::hear_from(lab::RedisClient& client) {
  while (!stopping_ && !client.broken()) {
    pollfd ready{client.socket(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    const auto address = new_address(client.next(), master_);
    if (!address) continue;
    const std::lock_guard lock{mutex_};
    if (moved_) moved_(*address);
  }
}

}  // namespace redvip::bench

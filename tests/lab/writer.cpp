#include "lab/writer.hpp"

#include <algorithm>
#include <cerrno>

namespace redvip::lab {
namespace {

constexpr std::chrono::milliseconds connect_timeout{50};
constexpr std::chrono::microseconds between_writes{100};
constexpr std::chrono::milliseconds between_connects{1};

Trouble connect_trouble(const RedisClient& redis) {
  return redis.error_number() == ECONNREFUSED ? Trouble::refused : Trouble::unreachable;
}

// hiredis leaves EAGAIN behind when SO_RCVTIMEO ran out; end of file and ECONNRESET are both news
// that the client gets at once.
Trouble reply_trouble(const RedisClient& redis) {
  const bool silence = redis.error_number() == EAGAIN || redis.error_number() == ETIMEDOUT;
  return silence ? Trouble::reply_timeout : Trouble::reset;
}

}  // namespace

const char* to_text(Trouble trouble) {
  switch (trouble) {
    case Trouble::reset:
      return "connection reset";
    case Trouble::reply_timeout:
      return "timed out waiting for a reply";
    case Trouble::refused:
      return "connection refused";
    case Trouble::unreachable:
      return "unreachable";
    case Trouble::readonly:
      return "READONLY";
    case Trouble::other:
      return "error reply";
  }
  return "?";
}

Writer::Writer(const Host& from, std::string address, std::chrono::milliseconds patience,
               std::string prefix)
    : from_{from},
      address_{std::move(address)},
      patience_{patience},
      prefix_{std::move(prefix)},
      thread_{[this] { work(); }} {}

Writer::~Writer() {
  stop();
}

void Writer::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Writer::work() {
  while (!stopping_) {
    RedisClient redis{from_, address_, connect_timeout, patience_};
    if (redis.broken()) {
      note(connect_trouble(redis), redis.error());
      std::this_thread::sleep_for(between_connects);
    } else {
      write_until_broken(redis);
    }
  }
}

void Writer::write_until_broken(RedisClient& redis) {
  while (!stopping_) {
    const std::uint64_t n = next_++;
    const Reply reply = redis.command({"SET", key(n), std::to_string(n)});
    if (!reply) return note(reply_trouble(redis), redis.error());
    if (reply->type == REDIS_REPLY_ERROR) {
      const std::string text{reply->str, reply->len};
      // A client that is told READONLY reconnects: the address may be another server's by now.
      return note(text.rfind("READONLY", 0) == 0 ? Trouble::readonly : Trouble::other, text);
    }
    {
      const std::lock_guard lock{mutex_};
      acks_.push_back({n, Clock::now()});
    }
    std::this_thread::sleep_for(between_writes);
  }
}

void Writer::note(Trouble trouble, std::string text) {
  const std::lock_guard lock{mutex_};
  failures_.push_back({Clock::now(), trouble, std::move(text)});
}

std::size_t Writer::acknowledged() const {
  const std::lock_guard lock{mutex_};
  return acks_.size();
}

std::vector<std::string> Writer::acknowledged_keys() const {
  // The client waits for as long as this has the lock: its gaps are to be redvip's.
  const auto acks = [this] {
    const std::lock_guard lock{mutex_};
    return acks_;
  }();
  std::vector<std::string> keys;
  keys.reserve(acks.size());
  for (const Ack& ack : acks) keys.push_back(key(ack.key));
  return keys;
}

std::vector<Failure> Writer::failures(Clock::time_point since) const {
  const std::lock_guard lock{mutex_};
  std::vector<Failure> found;
  std::copy_if(failures_.begin(), failures_.end(), std::back_inserter(found),
               [since](const Failure& failure) { return failure.at >= since; });
  return found;
}

std::size_t Writer::count(Trouble trouble, Clock::time_point since) const {
  const auto all = failures(since);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [trouble](const Failure& f) { return f.trouble == trouble; }));
}

Clock::duration Writer::outage(Clock::time_point since) const {
  const std::lock_guard lock{mutex_};
  Clock::duration longest{0};
  Clock::time_point later = Clock::now();
  for (auto ack = acks_.rbegin(); ack != acks_.rend() && later >= since; ++ack) {
    longest = std::max(longest, later - ack->at);
    later = ack->at;
  }
  return longest;
}

std::vector<std::size_t> Writer::timeline(std::size_t cells, Clock::duration width) const {
  std::vector<std::size_t> counts(cells, 0);
  const std::lock_guard lock{mutex_};
  // Whole cells only, so that the picture moves by a cell and does not shimmer.
  const auto end = Clock::time_point{Clock::now().time_since_epoch() / width * width};
  for (auto ack = acks_.rbegin(); ack != acks_.rend(); ++ack) {
    if (ack->at >= end) continue;
    const auto age = static_cast<std::size_t>((end - ack->at - Clock::duration{1}) / width);
    if (age >= cells) break;
    ++counts[cells - 1 - age];
  }
  return counts;
}

}  // namespace redvip::lab

// Two histories with the same fingerprint count as one state. It has everything that decides and
// can be seen from outside, times in classes; what cannot be seen (the step of a take-over) shows
// in what was ordered and answered since the last transition. Where that says too little a state is
// lost, never one too many reported.
#include <functional>

#include "search/surroundings.hpp"
#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

class Hash {
 public:
  void add(std::int64_t value) {
    // splitmix64
    value_ += 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(value);
    value_ = (value_ ^ (value_ >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value_ = (value_ ^ (value_ >> 27)) * 0x94D049BB133111EBULL;
    value_ ^= value_ >> 31;
  }
  void add(const std::string& text) {
    add(static_cast<std::int64_t>(std::hash<std::string>{}(text)));
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

// Ages by the limits that decisions use: a poll, a look, the owner's silence, down_after, patience.
std::int64_t age(Micros age) {
  constexpr Micros limits[] = {Millis{0},   Millis{5},   Millis{50},  Millis{100},
                               Millis{200}, Millis{400}, Seconds{1},  Seconds{2},
                               Seconds{3},  Seconds{5},  Seconds{10}, Seconds{60}};
  std::int64_t kind = 0;
  for (const auto limit : limits) kind += age > limit ? 1 : 0;
  return kind;
}

std::int64_t age(Instant now, const std::optional<Instant>& since) {
  return since ? age(Micros{now - *since}) : -1;
}

void add(Hash& hash, const std::optional<Observation>& redis) {
  hash.add(redis.has_value());
  if (!redis) return;
  hash.add(redis->run_id);
  hash.add(redis->replid);
  hash.add(redis->master_host);
  hash.add(redis->is_master() * 32 + redis->link_up * 16 + redis->sync_in_progress * 8 +
           (redis->replica_priority > 0) * 4 + (redis->keys > 0) * 2 + redis->loading);
  hash.add(redis->applied_offset());
}

void add(Hash& hash, const Journal& journal) {
  const auto& last = journal.last;
  hash.add(last.served);
  hash.add(last.served_by);
  hash.add(last.run_id);
  hash.add(last.own.replid);
  hash.add(last.needed.replid);
  hash.add(last.needed.offset - last.own.offset);
  hash.add(static_cast<std::int64_t>(journal.past.size()));
}

void add(Hash& hash, const Service& service, Instant now) {
  const auto& facts = service.facts();
  hash.add(static_cast<std::int64_t>(service.state()));
  hash.add(service.paused());
  hash.add(service.priority().value());
  hash.add(age(now, service.state_since()));
  hash.add(facts.leading() * 2 + facts.vips_present());
  hash.add(facts.released_by() ? 1 : 0);
  for (NodeIndex node = 0; node < 2; ++node) {
    const auto& redis = facts.redis(node);
    hash.add(static_cast<std::int64_t>(redis.reach) * 8 + static_cast<std::int64_t>(redis.loss));
    add(hash, redis.last);
    hash.add(age(now, redis.answered_at));
    hash.add(age(now, redis.asked_at));
  }
  const auto owner = facts.owner(now);
  hash.add(owner ? owner->priority.value() : -1);
  if (owner) hash.add(now - owner->first_heard_at >= Millis{400});
  hash.add(facts.last_owner() ? facts.last_owner()->priority.value() : -1);
}

}  // namespace

std::uint64_t Surroundings::fingerprint() const {
  Hash hash;
  add(hash, node_.service(), now_);
  hash.add(node_.advertising());
  for (const auto& timer : timers_) hash.add(timer.due ? age(Micros{*timer.due - now_}) : -1);
  for (const auto node : {scene::a, scene::b}) {
    hash.add(connected_[node]);
    add(hash, redis_[node]);
    for (const auto& request : requests_[node]) {
      const auto* command = std::get_if<Command>(&request);
      hash.add(command ? static_cast<std::int64_t>(command->index()) : -1);
    }
  }
  hash.add(measuring_ * 16 + adding_address_ * 8 + reading_tail_ * 4 + keeping_dataset_ * 2 +
           interface_up_);
  hash.add(advert_ ? advert_->priority.value() : -1);
  hash.add(age(now_, unowned_since_));
  for (const auto word : watch_.digest()) hash.add(word);
  for (const auto sign : signs_) hash.add(sign);
  if (journal_) add(hash, *journal_);
  return hash.value();
}

}  // namespace redvip::search

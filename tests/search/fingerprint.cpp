// Two histories with the same fingerprint count as one state. It has everything that decides and
// can be seen from outside, times in classes; what cannot be seen (the step of a take-over) shows
// in what was ordered and answered since the last transition. Where that says too little a state is
// lost, never one too many reported.
#include <algorithm>
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

// Where in its line, roughly: offsets matter by how they compare, which the letters fix by and
// large.
void add(Hash& hash, const std::optional<Observation>& redis) {
  hash.add(redis.has_value());
  if (!redis) return;
  hash.add(redis->run_id);
  hash.add(redis->replid);
  hash.add(redis->is_master() * 64 + redis->is_parked() * 32 + redis->link_up * 16 +
           redis->sync_in_progress * 8 + (redis->replica_priority > 0) * 4 + (redis->keys > 0) * 2);
}

void add(Hash& hash, const Service& service, Instant now) {
  const auto& facts = service.facts();
  hash.add(static_cast<std::int64_t>(service.site().self));
  hash.add(static_cast<std::int64_t>(service.state()));
  hash.add(service.paused());
  hash.add(now - service.state_since() >= Seconds{1});
  hash.add(facts.leading() * 2 + facts.vips_present());
  hash.add(facts.released_by() ? 1 : 0);
  for (NodeIndex node = 0; node < 2; ++node) {
    const auto& redis = facts.redis(node);
    hash.add(static_cast<std::int64_t>(redis.reach));
    add(hash, redis.last);
    hash.add(facts.current(now, node) != nullptr);
    hash.add(facts.responsive(now, node, Millis{100}));
  }
  const auto owner = facts.owner(now);
  hash.add(owner ? owner->priority > service.priority() : -1);
}

}  // namespace

std::uint64_t Surroundings::fingerprint() const {
  Hash hash;
  add(hash, node_.service(), now_);
  hash.add(node_.advertising());
  const auto overdue = [&](const Armed& timer) {
    return timer.due && now_ - *timer.due > Millis{300};
  };
  hash.add(std::any_of(timers_.begin(), timers_.end(), overdue));
  for (const auto node : {scene::a, scene::b}) {
    hash.add(connected_[node]);
    hash.add(look_waiting(node) * 2 + command_waiting(node));
  }
  hash.add(measuring_ * 16 + adding_address_ * 8 + reading_tail_ * 4 + keeping_dataset_ * 2 +
           interface_up_);
  for (const auto word : watch_.digest()) hash.add(word);
  for (const auto sign : signs_) hash.add(sign);
  hash.add(journal_ ? journal_->last.served : -1);
  return hash.value();
}

}  // namespace redvip::search

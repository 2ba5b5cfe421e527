// Where a node that neither leads nor is about to belongs, and what it remembers of it.
#include "core/service.hpp"

namespace redvip {

std::pair<State, std::string> Service::placement() {
  if (const auto why = failure()) return {State::fault, *why};
  if (!facts_.local_up(now_)) return {State::fault, facts_.local_problem(now_)};
  const auto* redis = local();
  if (!redis) {
    return {State::holding, facts_.redis(site_.self).reach == RedisFacts::Reach::refusing
                                ? facts_.local_problem(now_)
                                : "waiting for Redis to answer"};
  }
  if (!site_.priority(site_.self)) return {State::holding, "this node is not in service.nodes"};
  if (const auto owner = facts_.owner(now_)) {
    if (!follows(*redis, owner->node)) {
      return {State::holding, site_.name(owner->node) + " is the owner"};
    }
    if (!redis->link_up) {
      return {State::holding, redis->sync_in_progress
                                  ? "copying the dataset from " + site_.name(owner->node)
                                  : "replication from " + site_.name(owner->node) + " is not up"};
    }
    const auto verdict = may_promote(site_, *redis);
    if (!verdict.yes) return {State::holding, verdict.why};
    return {State::standby, "in sync with " + site_.name(owner->node)};
  }
  const auto stranger = conflict();
  if (!stranger.empty() && site_.service.on_conflict == OnConflict::refuse) {
    return {State::holding, stranger};
  }
  const auto master = facts_.master_of_local();
  if (master && redis->link_up && at(*master) && at(*master)->is_master()) {
    // Nobody has the address, but another node's Redis is the live master: its redvip leads. Only a
    // site that ran before may change masters because that redvip is missing.
    if (!journal_ || unled(*master) < patience_with_missing()) {
      return {State::holding, "the Redis of " + site_.name(*master) +
                                  " is the master: waiting for its redvip to lead"};
    }
    const auto verdict = may_promote(site_, *redis);
    if (!verdict.yes) return {State::holding, verdict.why};
    return {State::standby, "the redvip of " + site_.name(*master) + " does not lead"};
  }
  const auto verdict = may_lead(site_, facts_, journal_, now_, unowned());
  if (!verdict.yes) return {State::holding, verdict.why};
  if (const auto flapping = too_many_moves(); !flapping.empty()) return {State::holding, flapping};
  return {State::standby, "its dataset is fit to lead with"};
}

void Service::place(const std::string& because) {
  auto [next, why] = placement();
  if (next == state_) {
    reason_ = why;
    return;
  }
  enter(next, because.empty() ? why : because + "; " + why);
}

// The local Redis as it is, and what a node must have to lead alone: its own data while it serves,
// else the owner's.
std::optional<JournalEntry> Service::worth_remembering() const {
  const auto& facts = facts_.redis(site_.self);
  const auto* redis = happened<event::RedisLost>() && facts.last ? &*facts.last : local();
  auto entry = journal_ ? journal_->last : JournalEntry{};
  if (redis && !redis->loading) {
    if (entry.own.replid != redis->replid) entry.joined_at = joining_at_;
    entry.own = Dataset::of(*redis);
    entry.run_id = redis->run_id;
    entry.replid2 = redis->replid2;
    entry.second_repl_offset = redis->second_repl_offset;
    entry.role = redis->role;
  }
  const bool restarted = redis && redis->run_id != serving_run_id_;  // it must be judged first
  if ((state_ == State::serving || state_ == State::handing_over) && !restarted) {
    if (!redis) return std::nullopt;
    entry.served = true;
    entry.served_by = redis->run_id;
    entry.needed = entry.own;
    return entry;
  }
  const auto owner = facts_.owner(now_);
  if (!owner || owner->node == site_.self) return journal_ ? std::optional{entry} : std::nullopt;
  const auto* master = at(owner->node);
  const bool seen = master && master->is_master();
  if (!seen && !journal_) return std::nullopt;
  if (seen) {
    // While it writes it has more than this before the next look can be noted.
    constexpr Millis until_next_note{1200};
    entry.needed = Dataset::of(*master);
    entry.needed.offset +=
        facts_.redis(owner->node).write_rate * until_next_note.count() / Millis{Seconds{1}}.count();
  } else if (entry.served) {
    // It leads, but its data cannot be seen: it has at least something that this node has not.
    ++entry.needed.offset;
  }
  entry.served = false;
  entry.served_by.clear();
  return entry;
}

// Whatever is more than an offset that moved on is written at once.
void Service::remember() {
  const auto entry = worth_remembering();
  if (!entry || (journal_ && *entry == journal_->last)) return;
  const auto kind = [](JournalEntry of) {
    for (auto* data : {&of.own, &of.needed}) {
      data->offset = 0;
      data->keys = data->keys > 0 ? 1 : 0;
    }
    return of;
  };
  const bool news =
      !journal_ || kind(*entry) != kind(journal_->last) || happened<event::RedisLost>();
  if (!news && remembered_at_ && now_ - *remembered_at_ < Seconds{1}) return;
  journal_ = noted(journal_, *entry);
  remembered_at_ = now_;
  order(action::Remember{*journal_});
}

}  // namespace redvip

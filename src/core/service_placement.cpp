// Where a node that neither leads nor is about to belongs, and what it remembers of it.
#include "core/service.hpp"

namespace redvip {

std::pair<State, std::string> Service::placement() {
  if (const auto interface = failed_interface()) {
    return {State::fault, "interface " + *interface + " is down"};
  }
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
  const auto master = facts_.master_of_local();
  if (master && redis->link_up && at(*master) && at(*master)->is_master()) {
    // Nobody has the address, but another node's Redis is the live master: its redvip leads. Only a
    // site that ran before may change masters because that redvip is missing.
    const bool waited = now_ - unowned_since_ >= 10 * silence();
    if (!memory_ || !waited) {
      return {State::holding, "the Redis of " + site_.name(*master) +
                                  " is the master: waiting for its redvip to lead"};
    }
    return {State::standby, "the redvip of " + site_.name(*master) + " does not lead"};
  }
  const auto verdict = may_lead(site_, facts_, memory_, now_);
  if (!verdict.yes) return {State::holding, verdict.why};
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

// What the owner has: this node's data if it serves, else what it must have to lead when alone.
std::optional<Memory> Service::worth_remembering() const {
  const auto* redis = local();
  if (state_ == State::serving || state_ == State::handing_over) {
    if (!redis) return std::nullopt;
    return Memory{true, redis->run_id, redis->replid, redis->applied_offset(), redis->keys};
  }
  const auto owner = facts_.owner(now_);
  if (!owner || owner->node == site_.self) return std::nullopt;
  if (const auto* master = at(owner->node); master && master->is_master()) {
    return Memory{false, redis ? redis->run_id : std::string{}, master->replid,
                  master->applied_offset(), master->keys};
  }
  if (!memory_ || !memory_->served) return std::nullopt;
  // It leads, but its data cannot be seen: it has at least something that this node has not.
  auto outdated = *memory_;
  outdated.served = false;
  ++outdated.offset;
  return outdated;
}

void Service::remember() {
  const auto memory = worth_remembering();
  if (!memory || memory == memory_) return;
  const bool news = !memory_ || memory_->served != memory->served ||
                    memory_->replid != memory->replid || memory_->run_id != memory->run_id ||
                    (memory_->keys == 0) != (memory->keys == 0);
  if (!news && remembered_at_ && now_ - *remembered_at_ < Seconds{1}) return;
  memory_ = memory;
  remembered_at_ = now_;
  order(action::Remember{*memory});
}

}  // namespace redvip

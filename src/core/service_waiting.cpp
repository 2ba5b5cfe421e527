// The states in which somebody else leads, or nobody yet: starting, standby, holding, fault.
#include "core/service.hpp"

namespace redvip {

void Service::starting() {
  if (terminating_) return leave_for_good();
  if (now_ - *started_ < silence()) return;
  for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
    if (!facts_.judged(now_, node, *started_)) return;
  }
  place("");
}

void Service::standby() {
  if (terminating_) return leave_for_good();
  if (failed_interface() || !facts_.local_up(now_)) return place("");
  if (facts_.leading()) {
    const auto released = facts_.released_by();
    return begin_takeover(released ? site_.name(*released) + " released the address"
                          : facts_.last_owner()
                              ? site_.name(facts_.last_owner()->node) + " is silent"
                              : std::string{"nobody owns the address"},
                          false);
  }
  const auto owner = facts_.owner(now_);
  if (const auto* redis = local()) {
    const auto verdict =
        owner ? may_promote(site_, *redis) : may_take_over(site_, facts_, memory_, *redis, now_);
    if (!verdict.yes) return enter(State::holding, verdict.why);
    if (owner && !follows(*redis, owner->node)) return place("");
  }
  if (!owner) {
    if (happened<event::SwitchoverAsked>())
      refuse("nobody owns the address: an election is under way");
    return;
  }
  if (happened<event::SwitchoverAsked>()) {
    const auto why_not = unfit_to_request(*owner);
    if (!why_not.empty()) return refuse("not taking over: " + why_not);
    return begin_takeover("an operator asked this node to take over", true);
  }
  const bool preferred = site_.service.preempt && priority() > owner->priority;
  if (fired(Timer::tick) && preferred && now_ - state_since_ >= site_.service.preempt_delay &&
      now_ - owner->first_heard_at >= silence() && unfit_to_request(*owner).empty()) {
    begin_takeover("this node is preferred to " + site_.name(owner->node), true);
  }
}

std::string Service::unfit_to_request(const Owner& owner) const {
  const auto* redis = local();
  if (!redis || !redis->link_up || !follows(*redis, owner.node)) {
    return "the local Redis is not in sync with " + site_.name(owner.node);
  }
  const auto* master = at(owner.node);
  if (!master || !master->is_master()) {
    return "the Redis of " + site_.name(owner.node) + " cannot be seen from here";
  }
  if (owner.priority.value() >= 254) return "the owner already has the highest priority, 254";
  return {};
}

void Service::fault() {
  if (terminating_) return leave_for_good();
  if (happened<event::SwitchoverAsked>()) refuse("not taking over: " + reason_);
  if (failed_interface() || !facts_.local_up(now_) ||
      facts_.redis(site_.self).reach == RedisFacts::Reach::unknown ||
      facts_.redis(site_.self).reach == RedisFacts::Reach::lost) {
    const auto [next, why] = placement();
    if (next == State::fault) reason_ = why;
    return;
  }
  place("Redis and the interface are up again");
}

void Service::holding() {
  const auto owner = facts_.owner(now_);
  if (terminating_) {
    // After a hand-over: stay until the local Redis follows the new owner, or a while at most.
    const bool following = owner && local() && follows(*local(), owner->node);
    if (following || !owner || now_ - state_since_ >= Seconds{1}) return leave_for_good();
  } else {
    if (happened<event::SwitchoverAsked>()) refuse("not taking over: " + reason_);
    if (now_ >= held_until_) place("");
    if (state_ != State::holding) return;
  }
  if (owner && owner->node != site_.self) follow_owner(owner->node);
}

void Service::follow_owner(NodeIndex owner) {
  const auto* mine = local();
  const auto* master = at(owner);
  if (!mine || follows(*mine, owner)) return;
  if (!master) {
    reason_ = site_.name(owner) + " is the owner, but its Redis cannot be seen from here";
    return;
  }
  if (const auto* finished = done(site_.self);
      finished && finished->error && std::holds_alternative<command::Follow>(finished->command)) {
    note(true, "Redis refused to follow " + site_.name(owner) + ": " + finished->error->text());
  }
  const auto [follow, why] = may_follow(site_.service.redis, *mine, *master);
  if (follow == Follow::no) {
    reason_ = "not following " + site_.name(owner) + ": " + why;
    return;
  }
  if (follow == Follow::save_first && keeping_ != Keeping::kept) return keep_dataset(why);
  if (mine->is_master()) {
    // What a master has is known only once it takes no more writes: parked first, then compared.
    if (!park_sent_ || now_ - *park_sent_ >= Seconds{1}) {
      park_sent_ = now_;
      order(action::Send{site_.self, command::Park{killable_clients(*mine)}});
    }
    return;
  }
  if (follow_sent_ && now_ - *follow_sent_ < Seconds{1}) return;
  follow_sent_ = now_;
  if (!why.empty()) note(true, why + "; it follows " + site_.name(owner) + " now");
  order(action::Send{site_.self, command::Follow{site_.redis(owner), killable_clients(*mine)}});
}

// BGSAVE, wait for it, copy the file: one step per look.
void Service::keep_dataset(const std::string& why) {
  const auto* mine = local();
  const auto retry = [&](const std::string& problem) {
    note(true, "could not save the diverged dataset: " + problem);
    keeping_ = Keeping::asked;
    keeping_since_ = now_;
  };
  reason_ = "saving the local dataset before it follows: " + why;
  if (const auto* kept = happened<event::DatasetKept>()) {
    if (!kept->path) return retry(kept->path.error().text());
    note(true, why + "; its dataset is kept in " + *kept->path);
    keeping_ = Keeping::kept;
    return;
  }
  if (const auto* finished = done(site_.self);
      finished && std::holds_alternative<command::SaveDataset>(finished->command)) {
    if (finished->error) return retry(finished->error->text());
    keeping_ = Keeping::saving;
    return;
  }
  if (keeping_ == Keeping::saving && observed(site_.self) && !mine->bgsave_in_progress) {
    if (!mine->last_bgsave_ok) return retry("BGSAVE failed, see the Redis log");
    keeping_ = Keeping::copying;
    order(action::KeepDataset{});
    return;
  }
  const bool first = keeping_ == Keeping::idle;
  if (first || (keeping_ == Keeping::asked && now_ - keeping_since_ >= Seconds{10})) {
    keeping_ = Keeping::asked;
    keeping_since_ = now_;
    // A loser takes no more writes while its data is saved.
    if (mine->is_master()) {
      order(action::Send{site_.self, command::Park{killable_clients(*mine)}});
    }
    order(action::Send{site_.self, command::SaveDataset{}});
  }
}

}  // namespace redvip

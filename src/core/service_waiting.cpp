// The states in which somebody else leads, or nobody yet: starting, standby, holding, fault.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {
namespace {

constexpr Seconds patience_with_tracks{2};

}  // namespace

void Service::starting() {
  if (terminating_) return leave_for_good();
  if (now_ - *started_ < silence()) return;
  for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
    if (!facts_.judged(now_, node, *started_)) return;
  }
  // A check that takes long counts as failed until it has answered.
  if (!facts_.tracks_known() && now_ - *started_ < patience_with_tracks) return;
  place("");
}

void Service::standby() {
  if (terminating_) return leave_for_good();
  if (failure() || !facts_.local_up(now_)) return place("");
  if (facts_.leading()) {
    const auto released = facts_.released_by();
    const bool handed_over = released && at(*released) && at(*released)->is_master();
    if (!handed_over && answer_is_due()) {
      if (happened<event::SwitchoverAsked>()) note(false, "already taking over");
      return arm(Timer::poll, Millis{1});
    }
    if (const auto why = too_many_moves(); !why.empty() && !handed_over) {
      return enter(State::holding, why);
    }
    const auto& last = facts_.last_owner();
    return begin_takeover(released ? site_.name(*released) + " released the address"
                          : last   ? site_.name(last->node) + " is silent"
                                   : std::string{"nobody owns the address"},
                          handed_over        ? Motive::switchover
                          : released || last ? Motive::failover
                                             : Motive::start,
                          false);
  }
  const auto owner = facts_.owner(now_);
  if (const auto* redis = local()) {
    const auto verdict = owner ? may_promote(site_, *redis)
                               : may_take_over(site_, facts_, journal_, *redis, now_, unowned());
    if (!verdict.yes) return enter(State::holding, verdict.why);
    if (owner && !follows(*redis, owner->node)) return place("");
  }
  if (!owner) {
    if (!conflict().empty() && site_.service.on_conflict == OnConflict::refuse) return place("");
    if (happened<event::SwitchoverAsked>())
      refuse("nobody owns the address: an election is under way");
    return;
  }
  if (const auto* asked = happened<event::SwitchoverAsked>()) {
    return asked_to_take_over(*asked, *owner);
  }
  const bool address_owner = priority().value() == 255;  // always preempts (RFC 9568 6.1)
  const bool preempts = (site_.service.preempt || address_owner) &&
                        now_ - state_since_ >= site_.service.preempt_delay;
  // Whatever `preempt` says: without this an owner that is worse off than we are would keep it.
  const bool owner_impaired = impaired(*owner);
  if (fired(Timer::tick) && (preempts || owner_impaired) && priority() > owner->priority &&
      now_ - owner->first_heard_at >= silence() && unfit_to_request(*owner).empty() &&
      now_ >= preempts_again_ && too_many_moves().empty()) {
    begin_takeover(owner_impaired
                       ? "a tracked failure lowered the priority of " + site_.name(owner->node) +
                             " to " + std::to_string(owner->priority.value())
                       : "this node is preferred to " + site_.name(owner->node),
                   owner_impaired ? Motive::failover : Motive::preemption, true);
  }
}

// A Redis to which a connection has just been made is alive: what it has is known in a moment, and
// may be more.
bool Service::answer_is_due() const {
  const auto patience = std::min<Micros>(patience_with_looks, site_.service.redis.probe_interval);
  return std::ranges::any_of(site_.service.nodes, [&](NodeIndex node) {
    return node != site_.self && facts_.answer_due(now_, node, patience);
  });
}

void Service::asked_to_take_over(const event::SwitchoverAsked& asked, const Owner& owner) {
  if (asked.to && *asked.to != site_.self) {
    return refuse("not taking over: " + site_.name(*asked.to) + " was asked for; ask there, or " +
                  site_.name(owner.node) + ", the owner");
  }
  const auto why_not = unfit_to_request(owner);
  if (!why_not.empty() && !asked.forced_because.empty()) {
    return begin_forced_takeover(asked.forced_because);
  }
  if (!why_not.empty()) return refuse("not taking over: " + why_not);
  begin_takeover(asked.reason.empty()
                     ? "an operator asked this node to take over"
                     : "an operator asked this node to take over (" + asked.reason + ")",
                 Motive::switchover, true);
}

std::string Service::unfit_to_request(const Owner& owner) const {
  const auto* redis = local();
  if (!redis || !redis->link_up || !follows(*redis, owner.node)) {
    return "the local Redis is not in sync with " + site_.name(owner.node);
  }
  // It would keep the address: paused, it changes nothing.
  if (const auto* peer = facts_.peer(now_, owner.node); peer && peer->paused) {
    return site_.name(owner.node) + " is paused: 'redvip resume' there first";
  }
  const auto* master = at(owner.node);
  if (!master || !master->is_master()) {
    return "the Redis of " + site_.name(owner.node) + " cannot be seen from here";
  }
  if (master->replid != redis->replid) {
    return "the local Redis has another replication ID than that of " + site_.name(owner.node);
  }
  if (const auto unfed = unfed_bytes(*redis); unfed > 0) {
    return "the local Redis has yet to receive " + std::to_string(unfed) + " bytes";
  }
  if (owner.priority.value() >= 254 && priority() <= owner.priority) {
    return "the owner already has the highest priority, " + std::to_string(owner.priority.value());
  }
  return {};
}

void Service::fault() {
  if (terminating_) return leave_for_good();
  if (happened<event::SwitchoverAsked>()) refuse("not taking over: " + reason_);
  if (failure() || !facts_.local_up(now_) ||
      facts_.redis(site_.self).reach == RedisFacts::Reach::unknown ||
      facts_.redis(site_.self).reach == RedisFacts::Reach::lost) {
    const auto [next, why] = placement();
    if (next == State::fault) reason_ = why;
    return;
  }
  place("what had failed is well again");
}

void Service::holding() {
  const auto owner = facts_.owner(now_);
  if (terminating_) {
    // After a hand-over: stay until the local Redis follows the new owner, or a while at most.
    const bool following = owner && local() && follows(*local(), owner->node);
    if (following || !owner || now_ - state_since_ >= Seconds{1}) return leave_for_good();
  }
  // Redis is a master meanwhile and parked at the end, whoever leads by then.
  if (keeping_.step == Keeping::Step::reading) {
    if (happened<event::SwitchoverAsked>()) refuse("not taking over: " + reason_);
    return;
  }
  if (!terminating_) {
    if (const auto* asked = happened<event::SwitchoverAsked>()) {
      moves_.clear();
      if (!asked->forced_because.empty()) return begin_forced_takeover(asked->forced_because);
      refuse("not taking over: " + reason_);
    }
    if (stranger_ && fired(Timer::tick) && now_ - *probed_ >= Seconds{1}) probe_vips();
    if (now_ >= held_until_) place("");
    if (state_ != State::holding) return;
  }
  if (owner && owner->node != site_.self) return follow_owner(owner->node);
  if (!terminating_ && fetch_from_orphan()) return;
  call_off_copy();
}

// A replica goes back to its restarted master by itself, and copies it, whatever that has. Until
// the copy is loaded the old data is still there (redis.md section 2.1).
void Service::call_off_copy() {
  const auto* mine = local();
  if (!mine || mine->loading || mine->keys == 0 || !journal_) return;
  if (park_sent_ && now_ - *park_sent_ < Seconds{1}) return;
  const auto master = facts_.master_of_local();
  if (!mine->sync_in_progress && !would_copy_another(*mine)) return;
  if (master && orphan() == master) return;  // which has all that is here
  note(true, "a full copy of " + mine->master_host + ", with which no redvip leads, is called off");
  park_ourselves(*mine);
}

// Its master has not what it has, and takes it in as soon as it feeds anybody again.
bool Service::would_copy_another(const Observation& mine) const {
  const auto master = facts_.master_of_local();
  const auto* theirs = master ? at(*master) : nullptr;
  if (!theirs || !may_copy_another(mine)) return false;
  const auto relation = compared_with(*theirs).relation;
  return relation == Relation::unrelated || relation == Relation::diverged ||
         relation == Relation::ahead || relation == Relation::theirs_empty;
}

void Service::follow_owner(NodeIndex owner) {
  const auto* mine = local();
  const auto* master = at(owner);
  if (!mine || follows(*mine, owner)) return;
  // What a master has is known only once it takes no more writes: parked first, then compared. And
  // a node that has been part of this service takes none while another leads, whatever comes of it.
  if (mine->is_master() && journal_) return park_ourselves(*mine);
  if (!master) {
    reason_ = site_.name(owner) + " is the owner, but its Redis cannot be seen from here";
    return;
  }
  if (const auto* finished = done<command::Follow>(site_.self); finished && finished->error) {
    note(true, "Redis refused to follow " + site_.name(owner) + ": " + finished->error->text());
  }
  const auto comparison = compared_with(*master);
  const bool was_copy = journal_ && !journal_->last.served;
  const auto [follow, why] = may_follow(site_.service.redis, *mine, *master, comparison, was_copy);
  if (follow == Follow::no) {
    reason_ = "not following " + site_.name(owner) + ": " + why;
    if (master->is_master() && may_copy_another(*mine)) park_ourselves(*mine);
    return;
  }
  if (mine->is_master()) return park_ourselves(*mine);
  const bool kept = keeping_.step == Keeping::Step::kept;
  if (follow == Follow::save_first && !kept) {
    // What it has yet to read of its old master belongs to what is saved.
    if (keeping_.step == Keeping::Step::idle && !link_is_read(*mine)) return;
    return keep_dataset(why, owner, comparison);
  }
  if (follow_sent_ && now_ - *follow_sent_ < patience_with_interference()) return;
  if (!link_is_read(*mine)) return;
  follow_sent_ = now_;
  joining_at_.reset();
  if (comparison.exact && comparison.common >= 0) joining_at_ = comparison.common;
  if (!why.empty() && !kept) {
    record(why + "; discarded, as on_divergence says: it follows " + site_.name(owner),
           Motive::diverged, Toll{std::nullopt, comparison.mine_only, {}});
  }
  command(site_.self, command::Follow{site_.redis(owner), killable_clients(*mine)});
}

// What has come of the old master and was not yet read goes with the link, and the owner may have
// less. No socket while the link counts as up: it was reset, and is still being read
// (redis.md 4.1).
bool Service::link_is_read(const Observation& mine) {
  const auto master = facts_.master_of_local();
  const auto* measured = happened<event::LinkMeasured>();
  const auto begun = reading_link_since_.value_or(now_);
  if (!mine.link_up || !master || now_ - begun > site_.service.redis.down_after ||
      (measured && measured->unread == 0U)) {
    reading_link_since_.reset();
    return true;
  }
  reading_link_since_ = begun;
  if (fired(Timer::tick) || observed(site_.self)) {
    order(action::MeasureLink{site_.redis(*master)});
  }
  return false;
}

void Service::park_ourselves(const Observation& mine) {
  if (park_sent_ && now_ - *park_sent_ < patience_with_interference()) return;
  park_sent_ = now_;
  park(site_.self, mine);
}

// Between two corrections of the same thing.
Micros Service::patience_with_interference() const {
  return someone_interferes() ? Seconds{10} : Seconds{1};
}

// Reset, then remove: once the address is gone the kernel can no longer tell the clients. Whom
// nobody reaches any more need not be admitted at once (Timer::tick does it).
void Service::let_go_of_address() {
  if (!let_go_at_ || (now_ < *let_go_at_ && !happened<event::AddressClaimed>())) return;
  let_go_at_.reset();
  refuse_clients_at_.reset();
  order(action::ResetClients{});
  order(action::RemoveVips{});
  facts_.set_vips_present(false);
}

// Where nobody listens the kernel refuses by itself. Mostly the successor is there before a Redis
// could be, and then the packet filter, a millisecond's work each way, was not needed at all.
void Service::refuse_clients() {
  if (!refuse_clients_at_) return;
  const auto* connected = happened<event::RedisConnected>();
  const bool back = connected && connected->node == site_.self;
  if (now_ < *refuse_clients_at_ && !back) return;
  refuse_clients_at_.reset();
  refusing_clients_ = true;
  order(action::RefuseClients{});
}

void Service::admit_clients() {
  refuse_clients_at_.reset();
  if (std::exchange(refusing_clients_, false)) order(action::AdmitClients{});
}

}  // namespace redvip

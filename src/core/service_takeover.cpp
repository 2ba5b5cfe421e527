// promoting: from "elected" to "serving". What the old owner's Redis still has comes first, then
// the role, then the address, then the announcement (DESIGN section 5, "Take-over").
#include "core/service.hpp"

namespace redvip {
namespace {

constexpr Millis safely_paused = pause_length - Millis{500};

constexpr int looks_at_rest = 3;
// Redis mostly says within a moment that its link has closed. To measure the link and to guard it
// take some 2 ms each, which would be in the way of a Redis that has few cores.
constexpr int looks_at_redis_alone = 3;
// Read and not applied: half a command, whose end will never come, or a Redis that is busy.
constexpr int looks_at_rest_with_a_part = 200;

}  // namespace

void Service::begin_takeover(const std::string& cause, Motive motive, bool requested) {
  takeover_ = TakeOver{};
  takeover_.motive = motive;
  takeover_.requested = requested;
  takeover_.asked_for = happened<event::SwitchoverAsked>() != nullptr;
  start_takeover(cause);
}

void Service::begin_forced_takeover(const std::string& reason) {
  takeover_ = TakeOver{};
  takeover_.motive = Motive::forced;
  takeover_.requested = takeover_.forced = true;
  std::string against;
  for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
    const auto* theirs = node == site_.self ? nullptr : at(node);
    if (!theirs) continue;
    const auto comparison = compared_with(*theirs);
    against += "; this Redis " + describe(comparison) + " " + site_.name(node);
  }
  start_takeover("forced by an operator (" + reason + ") although " + reason_ + against);
}

void Service::start_takeover(const std::string& cause) {
  marks_.clear();
  mark("asked");
  let_go_at_.reset();
  admit_clients();
  takeover_.began = takeover_.step_since = now_;
  takeover_.from = facts_.master_of_local();
  enter(State::promoting, cause);
  first_step();
  if (state_ == State::promoting) probe_vips();  // who answers, does so while Redis does
}

void Service::first_step() {
  const auto* redis = local();
  if (!redis) return abandon("Redis does not answer");
  const auto verdict = fit_to_take_over(*redis);
  if (!verdict.yes) return abandon(verdict.why);
  if (redis->is_master()) {
    // Only on a fresh look: it may have been parked since, by us at last.
    const bool fresh = facts_.responsive(now_, site_.self, site_.service.redis.probe_interval);
    const bool commanded = commanded_at_ && now_ - *commanded_at_ < Seconds{1};
    return fresh && !commanded ? addressing() : promote();
  }
  const auto from = takeover_.from;
  // One that restarted since is no longer the source of what we have.
  const bool alive = from && facts_.responsive(now_, *from, site_.service.redis.probe_interval) &&
                     at(*from)->is_master() && at(*from)->replid == redis->replid;
  takeover_.planned =
      (takeover_.requested && !takeover_.forced) || (alive && facts_.released_by() == from);
  takeover_.asked_for = takeover_.asked_for || (takeover_.planned && !takeover_.requested);
  if (!alive) return step_to(TakeOver::Step::draining);
  step_to(TakeOver::Step::freezing);
  takeover_.paused_other = true;
  command_and_look(*from, command::PauseWrites{pause_length});
  ask(site_.self);  // all there is to wait for where the owner has frozen its writes before
}

Verdict Service::fit_to_take_over(const Observation& mine) const {
  if (takeover_.forced) return Verdict::fit();
  return may_take_over(site_, facts_, journal_, mine, now_, unowned());
}

void Service::step_to(TakeOver::Step step) {
  takeover_.step = step;
  takeover_.step_since = now_;
  takeover_.confirmed = false;
  takeover_.at_rest = 0;
  if (step == TakeOver::Step::catching_up) return poll_soon(site_.self, now_);
  if (step == TakeOver::Step::draining) return poll(site_.self);
  arm(Timer::poll, Millis{1});
}

void Service::promoting() {
  if (terminating_) return abandon("redvip is stopping");
  if (happened<event::Settled>()) return abandon("redvip was stalled");
  if (!takeover_.requested && !facts_.leading()) return abandon("another node leads");
  const auto owner = facts_.owner(now_);
  if (takeover_.requested && !takeover_.forced && owner && owner->node != takeover_.from) {
    return abandon(site_.name(owner->node) + " has taken over");
  }
  if (const auto why = failure()) return abandon(*why);
  if (!facts_.local_up(now_)) return abandon(facts_.local_problem(now_));
  if (happened<event::SwitchoverAsked>()) note(false, "already taking over");
  switch (takeover_.step) {
    case TakeOver::Step::freezing:
      return freezing();
    case TakeOver::Step::catching_up:
      return catching_up();
    case TakeOver::Step::parking:
      return parking();
    case TakeOver::Step::draining:
      return draining();
    case TakeOver::Step::promoting:
      return promote();
    case TakeOver::Step::addressing:
      return addressing();
  }
}

// Only the old owner's daemon died, or it hands over: its Redis stops writing, then tells where.
void Service::freezing() {
  const auto from = *takeover_.from;
  if (const auto* paused = done<command::PauseWrites>(from)) {
    takeover_.confirmed = true;
    // Nothing forces it: the owner is well, and would go on writing (Redis 6.0 cannot pause
    // writes).
    if (paused->error && takeover_.requested && !takeover_.forced) {
      return abandon("writes cannot be paused on " + site_.name(from) + ": " +
                     paused->error->text());
    }
    if (paused->error)
      note(true,
           "writes could not be paused on " + site_.name(from) + ": " + paused->error->text());
    ask(from);
  } else if (const auto* master = observed(from); master && takeover_.confirmed) {
    // Somebody made it a replica: what it says is no longer how far its stream to us went.
    if (!master->is_master()) {
      command(from, command::UnpauseWrites{});
      takeover_.paused_other = false;
      return step_to(TakeOver::Step::draining);
    }
    takeover_.frozen_offset = master->applied_offset();
    mark("frozen");
    step_to(TakeOver::Step::catching_up);
    return catching_up();
  }
  const bool silent = now_ - takeover_.step_since >= site_.service.redis.probe_interval;
  if (at(from) == nullptr || silent) return step_to(TakeOver::Step::draining);
  if (fired(Timer::poll)) arm(Timer::poll, Millis{1});
}

void Service::catching_up() {
  const auto from = *takeover_.from;
  const auto* master = at(from);
  if (!master) return step_to(TakeOver::Step::draining);
  if (const auto* mine = local()) {
    const bool same_line = mine->replid == master->replid;
    if (!same_line && observed(site_.self)) return abandon("its Redis lost the line of its master");
    // However old the look is: on one line of history the offset only grows.
    if (same_line && mine->slave_repl_offset >= takeover_.frozen_offset) {
      mark("caught up");
      takeover_.caught_up = true;
      if (takeover_.planned) return takeover_.requested ? promote() : drained();
      step_to(TakeOver::Step::parking);
      park(from, *master);
      return;
    }
  }
  // A well owner writes again when its pause is over, which would not be noticed here in time.
  const bool pause_ends = takeover_.planned && now_ - takeover_.began >= safely_paused;
  if (pause_ends || now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return abandon("its Redis does not catch up with " + site_.name(from));
  }
  if (fired(Timer::poll)) poll_soon(site_.self, takeover_.step_since);
}

// Nobody but us is left to demote it. On 7.0+ a parked Redis goes on feeding its replica, so that a
// write which slipped in before is waited for.
void Service::parking() {
  const auto from = *takeover_.from;
  if (const auto* parked = done<command::Park>(from)) {
    if (parked->error) {
      note(true,
           "the Redis of " + site_.name(from) + " could not be parked: " + parked->error->text());
      return drained();
    }
    takeover_.confirmed = true;
    ask(from);
  } else if (const auto* redis = observed(from); redis && takeover_.confirmed) {
    takeover_.frozen_offset = redis->applied_offset();
    ask(site_.self);
  }
  const bool lost = at(from) == nullptr;
  const auto* mine = local();
  if (takeover_.confirmed && mine && mine->slave_repl_offset >= takeover_.frozen_offset &&
      observed(site_.self)) {
    mark("parked");
    return drained();
  }
  if (lost || now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return step_to(TakeOver::Step::draining);
  }
  if (fired(Timer::poll)) poll(site_.self);
}

// The old owner's Redis is silent. Redis sets master_link_status:down only after it has read the
// socket to its end; a host that vanished never closes it, so then the receive queue must be empty
// and the read offset at rest (redis.md 4.2).
void Service::draining() {
  if (const auto* measured = happened<event::LinkMeasured>()) {
    takeover_.unread = measured->unread;
    takeover_.measured = true;
  }
  if (const auto* mine = observed(site_.self)) {
    const auto verdict = fit_to_take_over(*mine);
    if (!verdict.yes && !mine->is_master()) return abandon(verdict.why);
    // No socket at all while the link still counts as up: it was reset, and what it had received is
    // still being read (redis.md 4.1).
    ++takeover_.looks;
    const bool moved = mine->slave_read_repl_offset != takeover_.read_offset ||
                       mine->slave_repl_offset != takeover_.applied_offset;
    const bool resting = !moved && takeover_.measured && takeover_.unread == 0U;
    if (moved) takeover_.step_since = now_;
    takeover_.at_rest = resting ? takeover_.at_rest + 1 : 0;
    takeover_.read_offset = mine->slave_read_repl_offset;
    takeover_.applied_offset = mine->slave_repl_offset;
    takeover_.measured = false;
    const bool all_applied = takeover_.read_offset == takeover_.applied_offset;
    const int enough = all_applied ? looks_at_rest : looks_at_rest_with_a_part;
    if (!mine->link_up || takeover_.at_rest >= enough) return drained();
    // A link with nothing left in it, and nothing read that is not applied, has nothing to lose.
    const bool nothing_left = resting && all_applied;
    if (takeover_.looks > looks_at_redis_alone && !nothing_left) guard_link();
  }
  if (now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return abandon("its Redis does not read to the end of its replication link");
  }
  if (fired(Timer::poll)) {
    if (takeover_.from && takeover_.looks >= looks_at_redis_alone) {
      order(action::MeasureLink{site_.redis(*takeover_.from)});
    }
    poll(site_.self);
  }
}

void Service::guard_link() {
  if (takeover_.guarded || !takeover_.from) return;
  takeover_.guarded = true;
  order(action::GuardLink{site_.redis(*takeover_.from)});
}

void Service::unguard() {
  if (std::exchange(takeover_.guarded, false)) order(action::UnguardLink{});
}

}  // namespace redvip

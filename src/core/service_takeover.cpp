// promoting: from "elected" to "serving". What the old owner's Redis still has comes first, then
// the role, then the address, then the announcement (DESIGN section 5, "Take-over").
#include "core/service.hpp"

namespace redvip {
namespace {

// Long enough for a promotion, short enough to end by itself if everybody dies (redis.md 3.2).
constexpr Millis pause_length{2000};

constexpr int looks_at_rest = 3;

}  // namespace

void Service::begin_takeover(const std::string& cause, bool requested) {
  marks_.clear();
  mark("asked");
  let_go_at_.reset();
  takeover_ = TakeOver{};
  takeover_.requested = requested;
  takeover_.step_since = now_;
  enter(State::promoting, cause);
  const auto* redis = local();
  if (!redis) return abandon("Redis does not answer");
  const auto verdict = may_take_over(site_, facts_, memory_, *redis, now_);
  if (!verdict.yes) return abandon(verdict.why);
  if (redis->is_master()) {
    // Only on a fresh look: it may have been parked since.
    const bool fresh = facts_.responsive(now_, site_.self, site_.service.redis.probe_interval);
    return fresh ? addressing() : promote();
  }
  takeover_.from = facts_.master_of_local();
  const auto from = takeover_.from;
  // One that restarted since is no longer the source of what we have.
  const bool alive = from && facts_.responsive(now_, *from, site_.service.redis.probe_interval) &&
                     at(*from)->replid == redis->replid;
  takeover_.planned =
      requested || (alive && facts_.released_by() == from && at(*from)->is_master());
  if (!alive) return step_to(TakeOver::Step::draining);
  step_to(TakeOver::Step::freezing);
  order(action::Send{*from, command::PauseWrites{pause_length}});
}

void Service::step_to(TakeOver::Step step) {
  takeover_.step = step;
  takeover_.step_since = now_;
  takeover_.confirmed = false;
  takeover_.at_rest = 0;
  arm(Timer::poll, Micros{0});
}

void Service::promoting() {
  if (terminating_) return abandon("redvip is stopping");
  if (happened<event::Settled>()) return abandon("redvip was stalled");
  if (!takeover_.requested && !facts_.leading()) return abandon("another node leads");
  if (failed_interface() || !facts_.local_up(now_))
    return abandon("the node failed while taking over");
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
  if (const auto* paused = done(from)) {
    takeover_.confirmed = true;
    if (paused->error)
      note(true,
           "writes could not be paused on " + site_.name(from) + ": " + paused->error->text());
    ask(from);
  } else if (const auto* master = observed(from); master && takeover_.confirmed) {
    takeover_.frozen_offset = master->applied_offset();
    mark("frozen");
    return step_to(TakeOver::Step::catching_up);
  }
  const bool silent = now_ - takeover_.step_since >= site_.service.redis.probe_interval;
  if (at(from) == nullptr || silent) return step_to(TakeOver::Step::draining);
  if (fired(Timer::poll)) arm(Timer::poll, Millis{1});
}

void Service::catching_up() {
  const auto from = *takeover_.from;
  const auto* master = at(from);
  if (!master) return step_to(TakeOver::Step::draining);
  if (const auto* mine = observed(site_.self)) {
    if (mine->replid != master->replid) return abandon("its Redis lost the line of its master");
    if (mine->slave_repl_offset >= takeover_.frozen_offset) {
      mark("caught up");
      if (takeover_.planned) return promote();
      step_to(TakeOver::Step::parking);
      order(action::Send{from, command::Park{killable_clients(*master)}});
      return;
    }
  }
  if (now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return abandon("its Redis does not catch up with " + site_.name(from));
  }
  if (fired(Timer::poll)) poll({site_.self});
}

// Nobody but us is left to demote it. On 7.0+ a parked Redis goes on feeding its replica, so that a
// write which slipped in before is waited for.
void Service::parking() {
  const auto from = *takeover_.from;
  if (const auto* parked = done(from)) {
    if (parked->error) {
      note(true,
           "the Redis of " + site_.name(from) + " could not be parked: " + parked->error->text());
      return promote();
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
    return promote();
  }
  if (lost || now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return step_to(TakeOver::Step::draining);
  }
  if (fired(Timer::poll)) poll({site_.self});
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
    const auto verdict = may_take_over(site_, facts_, memory_, *mine, now_);
    if (!verdict.yes && !mine->is_master()) return abandon(verdict.why);
    // No socket at all while the link still counts as up: it was reset, and what it had received is
    // still being read (redis.md 4.1).
    const bool resting = mine->slave_read_repl_offset == takeover_.read_offset &&
                         takeover_.measured && takeover_.unread == 0U;
    if (mine->slave_read_repl_offset != takeover_.read_offset) takeover_.step_since = now_;
    takeover_.at_rest = resting ? takeover_.at_rest + 1 : 0;
    takeover_.read_offset = mine->slave_read_repl_offset;
    takeover_.measured = false;
    if (!mine->link_up || takeover_.at_rest >= looks_at_rest) {
      mark("drained");
      return promote();
    }
  }
  if (now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return abandon("its Redis does not read to the end of its replication link");
  }
  if (fired(Timer::poll)) {
    if (takeover_.from) order(action::MeasureLink{site_.redis(*takeover_.from)});
    poll({site_.self});
  }
}

void Service::promote() {
  if (takeover_.step != TakeOver::Step::promoting) {
    step_to(TakeOver::Step::promoting);
    order(action::Send{site_.self, command::Promote{}});
    return;
  }
  if (const auto* promoted = done(site_.self)) {
    if (promoted->error) return abandon("Redis refused to be promoted: " + promoted->error->text());
    takeover_.confirmed = true;
    ask(site_.self);
  } else if (const auto* mine = observed(site_.self);
             mine && takeover_.confirmed && mine->is_master()) {
    mark("promoted");
    return addressing();
  }
  if (now_ - takeover_.step_since >= site_.service.redis.down_after) {
    return abandon("Redis was not seen to become a master");
  }
  if (fired(Timer::poll)) poll({site_.self});
}

void Service::addressing() {
  if (takeover_.step != TakeOver::Step::addressing) {
    step_to(TakeOver::Step::addressing);
    order(action::AddVips{});
    return;
  }
  const auto* added = happened<event::VipsAdded>();
  if (!added) return;
  if (added->error) return abandon("the address cannot be added: " + added->error->text());
  order(action::Announce{});
  mark("announced");
  if (const auto& before = facts_.last_owner(); before && before->node != site_.self) {
    const int above = std::min(254, before->priority.value() + 1);
    const auto base = site_.priority(site_.self).value_or(Priority::of(1));
    if (above > base.value()) advantage_ = Priority::of(above);
  }
  serving_run_id_ = local() ? local()->run_id : std::string{};
  rival_heard_.reset();
  misaligned_since_.assign(site_.nodes.size(), std::nullopt);
  enter(State::serving, reason_);
  if (takeover_.from) {
    const auto& theirs = facts_.redis(*takeover_.from).last;
    const auto missing =
        theirs && local() ? theirs->applied_offset() - (local()->second_repl_offset - 1) : 0;
    if (!takeover_.planned && missing > 0) {
      note(true, "up to " + std::to_string(missing) + " bytes that " + site_.name(*takeover_.from) +
                     " had last been seen with did not arrive here");
    }
  }
  order(election::Claim{});  // an advert at once: the old owner lets go when it hears it
  arm(Timer::refresh, Millis{250});
  if (site_.service.garp.delay > Micros{0}) arm(Timer::announce, site_.service.garp.delay);
  remember();
}

void Service::abandon(const std::string& why) {
  if (facts_.vips_present() || takeover_.step == TakeOver::Step::addressing) let_go_at_ = now_;
  let_go_of_address();
  order(election::Leave{});
  const auto from = takeover_.from;
  if (from && at(*from) && at(*from)->is_master()) {
    order(action::Send{*from, command::UnpauseWrites{}});
  }
  if (terminating_) return leave_for_good();
  held_until_ = now_ + Seconds{1};
  const auto [next, because] = placement();
  enter(next == State::standby ? State::holding : next, "not taking over: " + why);
}

}  // namespace redvip

#include "core/service.hpp"

#include <algorithm>

namespace redvip {
namespace {

// For so long a step of clients that wait is looked at more often than each millisecond.
constexpr Millis hurry{5};

}  // namespace

Service::Service(Site site, std::optional<Journal> journal)
    : site_{std::move(site)},
      facts_{site_},
      journal_{std::move(journal)},
      known_run_id_{journal_ ? journal_->last.run_id : std::string{}},
      misaligned_since_(site_.nodes.size()) {}

std::vector<Order> Service::handle(Instant now, const Event& event) {
  now_ = now;
  event_ = &event;
  orders_.clear();
  facts_.update(now, event);
  housekeeping(event);
  const auto state_before = state_;
  const bool resting = state_ != State::promoting && state_ != State::handing_over;
  if (started_ && !left_ && !looking_ && !(paused() && resting && !terminating_)) {
    // A state change is looked at again at once, without the event that caused it.
    for (int round = 0; round < 8; ++round) {
      const auto before = state_;
      decide();
      if (state_ == before) break;
      event_ = nullptr;
    }
  }
  event_ = &event;
  // The address of an owner expires unless it is refreshed: that, too, would be a change.
  if (paused() && state_ == State::serving) keep_address();
  if (looking_) {  // what falls due meanwhile is not forgotten
    for (const auto timer : {Timer::refresh, Timer::announce}) {
      if (fired(timer)) arm(timer, Millis{250});
    }
  }
  const auto* lost = happened<event::RedisLost>();
  const bool dethroned = happened<event::AdvertHeard>() && state_ != State::serving && journal_ &&
                         journal_->last.served;
  if (fired(Timer::tick) || state_ != state_before || dethroned ||
      (lost && lost->node == site_.self)) {
    remember();
  }
  update_priority();
  event_ = nullptr;
  return std::move(orders_);
}

void Service::housekeeping(const Event& event) {
  if (pause_ends_ && now_ >= *pause_ends_) resume("the time of its pause is over", {});
  let_go_of_address();
  refuse_clients();
  if (done<command::Park>(site_.self)) unpause_the_other();
  // A Redis that hung carries it out when it is back.
  if (const auto* paused = done<command::PauseWrites>(site_.self); paused && !paused->error) {
    writes_paused_until_ = now_ + std::get<command::PauseWrites>(paused->command).duration;
  }
  // Whoever leads when it comes, or nobody, paused or looking: it is told once only.
  if (const auto* tail = happened<event::TailRead>()) tail_read(*tail);
  if (const auto* kept = happened<event::DatasetKept>()) dataset_kept(*kept);
  if (const auto* seen = happened<event::RedisObserved>()) {
    notice_progress(seen->node, seen->observation);
  }
  if (!facts_.owner(now_)) {
    if (unowned_since_ == Instant{}) unowned_since_ = now_;
  } else {
    unowned_since_ = Instant{};
  }
  if (std::holds_alternative<event::Start>(event)) {
    started_ = state_since_ = unowned_since_ = now_;
    arm(Timer::tick, Micros{0});
    arm(Timer::deadline, silence());
    probe_vips();
  } else if (const auto* connected = happened<event::RedisConnected>()) {
    ask(connected->node);
  } else if (fired(Timer::tick)) {
    arm(Timer::tick, site_.service.redis.probe_interval);
    if (!facts_.vips_present()) admit_clients();
    for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
      const auto& asked = facts_.redis(node).asked_at;
      // A host that vanished leaves a connection that TCP retries ever more rarely: start afresh.
      // The local Redis cannot vanish without closing; if it is frozen, its answer may still come.
      if (node != site_.self && asked && now_ - *asked >= site_.service.redis.down_after) {
        order(action::Reconnect{node});
      }
      ask(node);
    }
  } else if (const auto* mine = observed(site_.self)) {
    arm(Timer::hang, site_.service.redis.down_after);
    meet(*mine);
    notice_foreign_hands(*mine);
    // What is decided next rests on the journal: another process or another line is noted first.
    const auto* known = journal_ ? &journal_->last : nullptr;
    if (known && (known->run_id != mine->run_id || known->own.replid != mine->replid)) remember();
  } else if (std::holds_alternative<event::Stalled>(event)) {
    looking_ = true;
    facts_.forget_freshness();
  } else if (std::holds_alternative<event::Settled>(event)) {
    looking_ = false;
  } else if (const auto* pausing = happened<event::PauseAsked>()) {
    pause(*pausing);
  } else if (const auto* resuming = happened<event::ResumeAsked>()) {
    if (paused()) resume("asked for", resuming->by);
  } else if (const auto* asked = happened<event::SwitchoverAsked>()) {
    asked_by_ = asked->by;
    if (paused()) refuse("paused: no switchover until 'redvip resume'");
  } else if (std::holds_alternative<event::TerminateAsked>(event)) {
    terminating_ = true;
  } else if (const auto* group = happened<event::GroupChanged>()) {
    group_blocked_by_ = group->blocked_by;
  } else if (const auto* stranger = happened<event::StrangerAnswered>()) {
    meet(*stranger);
  } else if (const auto* news = happened<event::Reconfigured>()) {
    reconfigure(news->service);
  }
}

// A Redis that restarted is a stranger under the same address: no replica may copy from it before
// it has been compared (DESIGN section 6). Replicas come back by themselves within a second.
void Service::meet(const Observation& mine) {
  if (paused() || mine.loading) return;
  const bool stranger = !known_run_id_.empty() && known_run_id_ != mine.run_id;
  if (known_run_id_ != mine.run_id) required_replicas_.reset();  // it has read its file again
  known_run_id_ = mine.run_id;
  if (stranger && mine.is_master() && state_ != State::serving) park(site_.self, mine, true);
}

void Service::decide() {
  switch (state_) {
    case State::starting:
      return starting();
    case State::standby:
      return standby();
    case State::promoting:
      return promoting();
    case State::serving:
      return serving();
    case State::handing_over:
      return handing_over();
    case State::fault:
      return fault();
    case State::holding:
      return holding();
  }
}

void Service::command(NodeIndex node, const Command& what) {
  const bool role = std::holds_alternative<command::Promote>(what) ||
                    std::holds_alternative<command::Follow>(what) ||
                    std::holds_alternative<command::Park>(what);
  if (node == site_.self && role) commanded_at_ = now_;
  order(action::Send{node, what});
}

void Service::command_and_look(NodeIndex node, const Command& what) {
  command(node, what);
  ask(node);
}

void Service::park(NodeIndex node, const Observation& redis, bool stranger) {
  command(node, command::Park{killable_clients(redis), stranger});
}

void Service::order(ElectionRequest request) {
  // The election is told after this turn; what it will say is known now.
  if (std::holds_alternative<election::Claim>(request)) facts_.set_leading(true);
  if (std::holds_alternative<election::Leave>(request)) facts_.set_leading(false);
  if (std::holds_alternative<election::Join>(request)) facts_.set_leading(false);
  orders_.emplace_back(request);
}

void Service::ask(NodeIndex node) {
  // One question at a time: an answer that comes after a command was confirmed is then always a
  // look at what that command left behind, because a connection is answered in order.
  if (facts_.redis(node).asked_at || facts_.redis(node).reach == RedisFacts::Reach::lost) return;
  facts_.asked(now_, node);
  order(action::Observe{node});
}

void Service::poll(NodeIndex node, Micros again) {
  ask(node);
  arm(Timer::poll, again);
}

// While clients wait for what a healthy Redis does in a fraction of a millisecond.
void Service::poll_soon(NodeIndex node, Instant since) {
  poll(node, now_ - since < hurry ? Micros{250} : Micros{Millis{1}});
}

// It has answered, and not what is waited for: poll_soon() without the rest of its wait.
void Service::poll_again(Instant since) {
  if (now_ - since < hurry) arm(Timer::poll, Micros{50});
}

bool Service::fired(Timer timer) const {
  const auto* happening = happened<event::TimerFired>();
  return happening && happening->timer == timer;
}

const Observation* Service::observed(NodeIndex node) const {
  const auto* happening = happened<event::RedisObserved>();
  return happening && happening->node == node ? &happening->observation : nullptr;
}

bool Service::follows(const Observation& redis, NodeIndex master) const {
  const auto endpoint = site_.redis(master);
  return !redis.is_master() && redis.master_host == endpoint.address.text() &&
         redis.master_port == endpoint.port;
}

Comparison Service::compared_with(const Observation& theirs) const {
  const auto* mine = local();
  if (!mine) return {};
  return compare(*mine, theirs, journal_ ? journal_->past : std::vector<PastLine>{});
}

Micros Service::unowned() const {
  return unowned_since_ == Instant{} ? Micros{0} : Micros{now_ - unowned_since_};
}

std::vector<Endpoint> Service::killable_clients(const Observation& redis) const {
  // CLIENT KILL LADDR exists since 6.2.
  const auto& version = redis.version;
  const bool old = version.rfind("6.0", 0) == 0 || version.rfind("5.", 0) == 0;
  return old ? std::vector<Endpoint>{} : site_.client_endpoints();
}

}  // namespace redvip

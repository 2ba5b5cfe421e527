#include "daemon/node.hpp"

#include <algorithm>
#include <utility>

#include "core/overload.hpp"

namespace redvip::daemon {
namespace {

// Whatever takes the service, draws clients or gives a Redis another role. What gives something up,
// as parking the node's own Redis does, or only looks or tells, is as right as before; and ReadTail
// is waited for.
bool rests_on_the_moment(const Action& action, NodeIndex self) {
  return std::visit(
      Overload{
          [](const action::SendAdvert& advert) { return advert.priority.value() > 0; },
          [](action::AddVips) { return true; },
          [](action::RefreshVips) { return true; },
          [](action::Announce) { return true; },
          [self](const action::Send& send) {
            const bool gives_up =
                std::holds_alternative<command::UnpauseWrites>(send.command) ||
                (send.node == self && std::holds_alternative<command::Park>(send.command));
            return !gives_up;
          },
          [](const auto&) { return false; },
      },
      action);
}

}  // namespace

Node::Node(Site site, std::optional<Journal> journal)
    : service_{std::move(site), std::move(journal)},
      election_config_{service_.priority(), service_.site().service.advert_interval,
                       // Preemption is the service machine's: it drains and promotes before it
                       // leads, which an election that simply takes the lead would not.
                       false, service_.site().vrrp_address(service_.site().self),
                       service_.site().service.version} {}

std::vector<Action> Node::handle(Instant now, const Event& event) {
  now_ = now;
  actions_.clear();
  notice_stall();
  dispatch(event);
  return std::move(actions_);
}

bool Node::lapsed(Instant now, const Action& action) {
  const Micros late{now - now_};
  if (late <= active_down()) return false;
  lapse_ = late;
  return rests_on_the_moment(action, service_.site().self);
}

void Node::dispatch(const Event& event) {
  if (const auto* fired = std::get_if<event::TimerFired>(&event)) return on_timer(*fired);
  if (const auto* advert = std::get_if<event::AdvertHeard>(&event)) {
    hear(vrrp::Advert{advert->priority, advert->max_advert_interval, advert->sender}, advert);
    tell_service(event);
    return lead_at_once(*advert);
  }
  if (const auto* foreign = std::get_if<event::ForeignAdvertHeard>(&event)) {
    return hear({foreign->priority, foreign->max_advert_interval, foreign->sender}, nullptr);
  }
  if (const auto* news = std::get_if<event::Reconfigured>(&event)) {
    election_config_.advert_interval = news->service.advert_interval;
  }
  tell_service(event);
}

Micros Node::active_down() const {
  return vrrp::active_down_interval(election_config_.priority, election_config_.advert_interval,
                                    election_config_.version);
}

void Node::notice_stall() {
  auto late = std::exchange(lapse_, Micros{0});
  for (const auto& timer : timers_) {
    if (timer.due && now_ > *timer.due) late = std::max(late, Micros{now_ - *timer.due});
  }
  if (late <= active_down()) return;
  looking_ = true;  // or still: it has not seen anything in this stall either
  tell_service(event::Stalled{late});
  // Two intervals: whoever leads now has advertised at least once by then.
  arm(Timer::settle, 2 * Micros{election_config_.advert_interval});
}

void Node::on_timer(const event::TimerFired& fired) {
  auto& timer = armed(fired.timer);
  if (!timer.due || timer.generation != fired.generation) return;  // stale
  const Micros late{now_ - *timer.due};
  timer.due.reset();
  switch (fired.timer) {
    case Timer::adver:
      // Looking: silent, but the timer goes on, so that the election needs no other state for it.
      if (looking_) return arm(Timer::adver, Micros{election_config_.advert_interval});
      return tell_election(vrrp::AdverTimer{}, false);
    case Timer::active_down:
      if (looking_ || service_.paused()) return arm(Timer::active_down, active_down());
      if (doubts_silence(late)) return arm(Timer::active_down, election_config_.advert_interval);
      return tell_election(vrrp::ActiveDownTimer{}, false);
    case Timer::settle:
      looking_ = false;
      tell_service(event::Settled{});
      if (advertising()) tell_election(vrrp::Claim{}, true);
      return;
    default:
      return tell_service(fired);
  }
}

// This host stood still when its patience ended: the advert lies unread perhaps, or the owner stood
// still as well (two virtual machines of one hypervisor). One interval more tells, and no second
// one.
bool Node::doubts_silence(Micros late) {
  const bool stood_still = late > Micros{election_config_.advert_interval} / 10;
  return stood_still && !std::exchange(doubted_, true);
}

// `from` is nullptr where it is no node of ours.
void Node::hear(const vrrp::Advert& advert, const event::AdvertHeard* from) {
  const bool active = std::holds_alternative<vrrp::Active>(election_);
  doubted_ = false;
  hearing_ = from;
  if (!(active && service_.paused())) tell_election(advert, false);
  hearing_ = nullptr;
}

// Skew_Time lets the preferred backup come first (RFC 9568 6.1), who waits for nobody himself
// (docs/decisions/017-the-first-in-line-does-not-wait.md).
void Node::lead_at_once(const event::AdvertHeard& advert) {
  const bool released = advert.priority.value() == 0;
  const bool backup = std::holds_alternative<vrrp::Backup>(election_);
  if (!released || !backup || looking_ || !service_.first_in_line()) return;
  tell_election(vrrp::Claim{}, false);
}

void Node::tell_service(const Event& event) {
  for (const auto& order : service_.handle(now_, event)) carry_out(order);
}

void Node::carry_out(const Order& order) {
  if (const auto* action = std::get_if<Action>(&order)) {
    if (const auto* timer = std::get_if<action::Arm>(action))
      return arm(timer->timer, timer->after);
    actions_.push_back(*action);
    return;
  }
  std::visit(Overload{
                 [&](election::Join) { join(); },
                 [&](election::Leave) { tell_election(vrrp::Shutdown{}, true); },
                 [&](election::Claim) { tell_election(vrrp::Claim{}, true); },
                 [&](election::SetPriority set) { election_config_.priority = set.priority; },
             },
             std::get<ElectionRequest>(order));
}

// RFC 9568 6.4.1 lets the address owner lead at once. It does where nobody else leads; else it
// takes over as a preferred node does, without losing a write.
void Node::join() {
  tell_election(vrrp::Startup{}, true);
  const bool address_owner = election_config_.priority.value() == 255;
  if (address_owner && !service_.facts().owner(now_)) tell_election(vrrp::Claim{}, false);
}

void Node::tell_election(const vrrp::Event& event, bool asked_by_service) {
  auto config = election_config_;
  const bool leads =
      std::holds_alternative<vrrp::Active>(election_) || std::holds_alternative<vrrp::Claim>(event);
  if (!leads) config.priority = std::min(config.priority, Priority::of(254));
  auto [next, wanted] = vrrp::step(config, election_, event);
  election_ = next;
  const bool countering = std::holds_alternative<vrrp::Advert>(event) &&
                          std::holds_alternative<vrrp::Active>(election_);
  for (const auto& action : wanted) {
    std::visit(
        Overload{
            [&](const vrrp::Arm& timer) {
              arm(timer.timer == vrrp::Timer::adver ? Timer::adver : Timer::active_down,
                  timer.after);
            },
            [&](const vrrp::Disarm& timer) {
              armed(timer.timer == vrrp::Timer::adver ? Timer::adver : Timer::active_down)
                  .due.reset();
            },
            [&](const vrrp::SendAdvert& advert) {
              if (looking_ && advert.priority.value() > 0) return;
              // An answer to every lower advert must not become a storm between two leaders.
              if (countering) {
                if (countered_ && now_ - *countered_ < Millis{5}) return;
                countered_ = now_;
              }
              actions_.push_back(action::SendAdvert{advert.priority});
            },
            [&](vrrp::Lead) {
              if (!asked_by_service) tell_service(event::Led{});
            },
            [&](vrrp::Follow) {
              if (asked_by_service) return;
              tell_service(event::Followed{hearing_ ? std::optional{*hearing_} : std::nullopt});
            },
        },
        action);
  }
}

void Node::arm(Timer timer, Micros after) {
  auto& slot = armed(timer);
  ++slot.generation;
  slot.due = now_ + after;
  actions_.push_back(action::Arm{timer, after, slot.generation});
}

}  // namespace redvip::daemon

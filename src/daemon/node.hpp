// One service on one node: the VRRP election and the service machine, wired together. Pure; the
// runner and the simulator drive this same object.
//
// It adds two things to the machines. Timers carry a generation, so that an expiry which was
// already queued when its timer was armed anew is ignored. And a loop that was late by more than an
// active-down interval (a frozen process, a moved VM) is noticed before anything is done: whatever
// arrived meanwhile is heard first. What had been decided before, and not yet been done, lapses.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "core/service.hpp"
#include "vrrp/election.hpp"

namespace redvip::daemon {

class Node {
 public:
  Node(Site site, std::optional<Journal> journal);

  // What to do now, in this order.
  [[nodiscard]] std::vector<Action> handle(Instant now, const Event& event);
  // To be asked right before each of these actions. True: not to be done, for it is no longer known
  // to be right; the next event finds a stalled node.
  [[nodiscard]] bool lapsed(Instant now, const Action& action);

  [[nodiscard]] const Service& service() const { return service_; }
  [[nodiscard]] bool advertising() const {
    return std::holds_alternative<vrrp::Active>(election_) && !looking_;
  }

 private:
  struct Armed {
    Generation generation = 0;
    std::optional<Instant> due;
  };

  void dispatch(const Event& event);
  void on_timer(const event::TimerFired& fired);
  [[nodiscard]] bool doubts_silence(Micros late);
  void hear(const vrrp::Advert& advert, const event::AdvertHeard* from);
  void lead_at_once(const event::AdvertHeard& advert);
  void notice_stall();
  void tell_service(const Event& event);
  void join();
  void tell_election(const vrrp::Event& event, bool asked_by_service);
  void carry_out(const Order& order);
  void arm(Timer timer, Micros after);
  [[nodiscard]] Micros active_down() const;
  [[nodiscard]] Armed& armed(Timer timer) { return timers_[static_cast<std::size_t>(timer)]; }

  Service service_;
  vrrp::ElectionConfig election_config_;
  vrrp::State election_ = vrrp::Initialize{};
  std::array<Armed, static_cast<std::size_t>(Timer::count_)> timers_{};
  bool looking_ = false;
  bool doubted_ = false;  // the silence of the owner, once
  Micros lapse_{0};  // between a decision and what was to be done
  std::optional<Instant> countered_;  // when we last answered a lower advert

  // Only while handle() runs.
  const event::AdvertHeard* hearing_ = nullptr;
  Instant now_{};
  std::vector<Action> actions_;
};

}  // namespace redvip::daemon

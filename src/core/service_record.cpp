// What is written down: each change of state with its cause, and what was asked for in vain.
#include <cassert>

#include "core/service.hpp"
#include "core/transitions.hpp"

namespace redvip {

// Who had the service before us, or has it now, or is to have it.
std::optional<NodeIndex> Service::other_node(State next) const {
  if (next == State::handing_over || state_ == State::handing_over) return handover_.successor;
  if (next == State::promoting || next == State::serving) return takeover_.from;
  const auto owner = facts_.owner(now_);
  if (!owner || owner->node == site_.self) return std::nullopt;
  return owner->node;
}

Transition Service::transition_to(State next, std::string cause) const {
  Transition transition{state_,           next,      std::move(cause), {}, {}, {},
                        motive_for(next), asked_by_, other_node(next)};
  for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
    transition.inputs.emplace_back(site_.name(node), redis_summary(node));
  }
  if (const auto owner = facts_.owner(now_)) {
    transition.inputs.emplace_back(
        "owner", site_.name(owner->node) + ", priority " + std::to_string(owner->priority.value()));
  }
  transition.inputs.emplace_back("priority", std::to_string(priority().value()));
  return transition;
}

Motive Service::motive_for(State next) const {
  if (next == state_) return Motive::refused;
  if (next == State::promoting) return takeover_.motive;
  if (state_ == State::promoting && next == State::serving) {
    // Nobody can hand over what has died meanwhile.
    const bool planned =
        takeover_.motive == Motive::switchover || takeover_.motive == Motive::preemption;
    return planned && !takeover_.caught_up ? Motive::failover : takeover_.motive;
  }
  if (state_ == State::promoting) return Motive::abandoned;
  if (next == State::handing_over) return handover_.motive;
  if (next == State::serving) return Motive::taken_back;
  if (next == State::fault) return Motive::fault;
  const bool handed_over =
      state_ == State::handing_over && handover_.step >= HandOver::Step::releasing;
  if (handed_over) return handover_.motive;
  if (state_ == State::handing_over || state_ == State::serving) return Motive::displaced;
  if (state_ == State::fault) return Motive::recovery;
  if (state_ == State::starting) return Motive::start;
  return next == State::standby ? Motive::ready : Motive::unfit;
}

void Service::enter(State next, std::string cause) {
  assert(is_known_transition(state_, next));
  auto transition = transition_to(next, std::move(cause));
  for (std::size_t i = 0; i + 1 < marks_.size(); ++i) {
    transition.phases.emplace_back(marks_[i + 1].first, marks_[i + 1].second - marks_[i].second);
  }
  if (next != State::promoting && next != State::handing_over) marks_.clear();
  transition.toll = std::exchange(toll_, {});
  reason_ = transition.cause;
  state_ = next;
  state_since_ = now_;
  if (next != State::promoting && next != State::handing_over) asked_by_.clear();
  keeping_ = Keeping{};
  reading_link_since_.reset();
  order(action::Record{std::move(transition)});
  if (next == State::standby) order(election::Join{});
  if (next == State::holding || next == State::fault) order(election::Leave{});
}

void Service::refuse(std::string cause) {
  note(true, cause);
  order(action::Record{transition_to(state_, std::move(cause))});
  asked_by_.clear();
}

// Something that the history should tell although no state changed.
void Service::record(std::string cause, Motive motive, Toll toll) {
  note(true, cause);
  auto transition = transition_to(state_, std::move(cause));
  transition.motive = motive;
  transition.toll = std::move(toll);
  order(action::Record{std::move(transition)});
}

// Once more: for so long from now.
void Service::pause(const event::PauseAsked& asked) {
  if (!paused()) paused_since_ = now_;
  pause_ends_ = asked.length ? std::optional{now_ + *asked.length} : std::nullopt;
  const auto length = asked.length ? std::chrono::ceil<Seconds>(*asked.length).count() : 0;
  asked_by_ = asked.by;
  record("paused: watching, changing nothing " +
             (asked.length ? "for " + std::to_string(length) + " s or " : std::string{}) +
             "until 'redvip resume'",
         Motive::pause);
  asked_by_.clear();
}

void Service::resume(const std::string& why, const std::string& by) {
  paused_since_.reset();
  pause_ends_.reset();
  asked_by_ = by;
  record("resumed: " + why, Motive::pause);
  asked_by_.clear();
}

std::string Service::redis_summary(NodeIndex node) const {
  const auto* redis = at(node);
  if (!redis) {
    const auto& facts = facts_.redis(node);
    return facts.problem.empty() ? "Redis not seen" : "Redis not seen: " + facts.problem;
  }
  std::string text = redis->is_master()   ? "master"
                     : redis->is_parked() ? "parked"
                                          : "replica of " + redis->master_host;
  if (!redis->is_master() && !redis->is_parked())
    text += redis->link_up ? ", link up" : ", link down";
  return text + ", offset " + std::to_string(redis->applied_offset()) + ", " +
         std::to_string(redis->keys) + " keys";
}

}  // namespace redvip

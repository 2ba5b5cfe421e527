#include "daemon/notifier.hpp"

namespace redvip::daemon {
namespace {

constexpr Seconds time_limit{30};
constexpr std::size_t longest_queue = 100;

// keepalived's words, so that its scripts can be used as they are; nullptr: no news for them.
const char* keepalived_state(State state) {
  switch (state) {
    case State::serving:
      return "MASTER";
    case State::standby:
    case State::holding:
      return "BACKUP";
    case State::fault:
      return "FAULT";
    case State::starting:
    case State::promoting:
    case State::handing_over:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

void Notifier::transition(const Transition& transition, Priority priority) {
  const auto* state = keepalived_state(transition.to);
  if (program_.empty() || state == nullptr || transition.from == transition.to) return;
  if (waiting_.size() >= longest_queue) {
    log_.warning("notify: " + program_ + " cannot keep up, a transition is not told to it");
    return;
  }
  waiting_.push_back({{program_, "INSTANCE", service_, state, std::to_string(priority.value())},
                      {{"REDVIP_CAUSE", transition.cause},
                       {"REDVIP_PREVIOUS", name(transition.from)},
                       {"REDVIP_STATE", name(transition.to)}}});
  next();
}

void Notifier::next() {
  if (running_ || waiting_.empty()) return;
  running_ = true;
  auto run = std::move(waiting_.front());
  waiting_.pop_front();
  children_.start(std::move(run.argv), run.environment, time_limit,
                  [this, weak = std::weak_ptr{alive_}](Result<void> result) {
                    if (weak.expired()) return;
                    if (!result) log_.warning("notify: " + result.error().text());
                    running_ = false;
                    next();
                  });
}

}  // namespace redvip::daemon

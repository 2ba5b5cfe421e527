#include "search/watch.hpp"

#include "core/lineage.hpp"
#include "core/overload.hpp"
#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

constexpr std::size_t most_actions_per_event = 60;
constexpr Seconds pause_length{2};  // CLIENT PAUSE runs out by itself

bool resting(State state) {
  return state != State::promoting && state != State::handing_over;
}

}  // namespace

void Watch::breaks(const char* number, const std::string& sentence) {
  if (!broken_) broken_ = std::string{number} + ": " + sentence;
}

void Watch::look(Instant now, const Event& event, const std::vector<Action>& actions, State after) {
  before_ = state_;
  reset_ = false;
  for (auto& paused : writes_paused_) {
    if (paused && now - *paused >= pause_length) paused.reset();
  }
  hear(event);
  if (actions.size() > most_actions_per_event) {
    breaks("S30", std::to_string(actions.size()) + " actions for one event");
  }
  for (const auto& action : actions) check(now, action);
  check_writers();
  if (state_ != after) {
    breaks("S24", std::string{"it is "} + name(after) + " without a record of how");
  }
}

void Watch::hear(const Event& event) {
  std::visit(Overload{
                 [&](const event::RedisObserved& seen) {
                   seen_[seen.node] = seen.observation;
                   const bool looked = seen.node == self_ && promotion_ == Promotion::answered;
                   if (looked) promotion_ = Promotion::seen;
                 },
                 [&](const event::RedisLost& lost) {
                   writes_paused_[lost.node].reset();  // dead, or out of reach: it runs out
                 },
                 [&](const event::CommandDone& done) {
                   const bool promoted = std::holds_alternative<command::Promote>(done.command);
                   if (promoted && !done.error) promotion_ = Promotion::answered;
                   const bool refused =
                       done.error && std::holds_alternative<command::PauseWrites>(done.command);
                   if (refused) writes_paused_[done.node].reset();
                 },
                 [&](const event::TimerFired& fired) {
                   if (fired.timer == Timer::settle) stalled_ = false;
                 },
                 [&](const event::Stalled&) { stalled_ = true; },
                 [&](const event::PauseAsked&) { paused_ = true; },
                 [&](const event::ResumeAsked&) { paused_ = false; },
                 [&](const event::TerminateAsked&) { terminating_ = true; },
                 [](const auto&) {},
             },
             event);
}

void Watch::check(Instant now, const Action& action) {
  check_paused(action);
  std::visit(Overload{
                 [&](const action::Record& record) { check_record(record.transition); },
                 [&](const action::Send& send) { check_send(now, send); },
                 [&](action::AddVips) {
                   if (!seen_[self_] || !seen_[self_]->is_master()) {
                     breaks("S6",
                            "the address is added on a Redis that was not seen to be a master");
                   }
                   if (promotion_ == Promotion::sent) {
                     breaks("S6", "the address is added before the promotion was answered");
                   }
                   if (stalled_) breaks("S20", "the address is added before it has listened");
                   has_address_ = true;
                 },
                 [](action::FindClients) {},
                 [&](action::ResetClients) { reset_ = true; },
                 [&](action::RemoveVips) {
                   if (has_address_ && !reset_) breaks("S7", "the address goes without a reset");
                   has_address_ = false;
                 },
                 [&](action::SendAdvert advert) {
                   if (stalled_ && advert.priority.value() > 0) {
                     breaks("S20", "it advertises before it has listened");
                   }
                 },
                 [&](const action::GuardLink&) { guarding_ = true; },
                 [&](action::UnguardLink) { guarding_ = false; },
                 [&](action::RefuseClients) { refusing_ = true; },
                 [&](action::AdmitClients) { refusing_ = false; },
                 [&](action::Exit) {
                   if (++exits_ > 1) breaks("clean", "it exits twice");
                 },
                 [](const auto&) {},
             },
             action);
}

void Watch::check_record(const Transition& transition) {
  if (transition.cause.empty()) breaks("S24", "a transition has no cause");
  if (transition.from != state_) breaks("S24", "the records have a gap");
  state_ = transition.to;
  if (transition.from != transition.to) promotion_ = Promotion::none;
  const bool settled = state_ == State::standby || state_ == State::serving;
  if (settled && guarding_) breaks("clean", "the packet filter on the link is still up");
  if (state_ == State::serving && refusing_) breaks("clean", "it serves and refuses its clients");
}

void Watch::check_writers() {
  if (state_ == State::serving && has_address_ && writes_paused_[self_]) {
    breaks("S35", "it serves, and its writes are still paused");
  }
}

void Watch::check_send(Instant now, const action::Send& send) {
  std::visit(Overload{
                 [&](const command::Promote&) { check_promotion(send.node); },
                 [&](const command::Follow& follow) {
                   if (stalled_) breaks("S20", "a Redis is re-pointed before it has listened");
                   check_follow(send.node, follow);
                   writes_paused_[send.node].reset();
                 },
                 [&](const command::PauseWrites&) { writes_paused_[send.node] = now; },
                 [&](const command::UnpauseWrites&) { writes_paused_[send.node].reset(); },
                 [&](const command::Park&) { writes_paused_[send.node].reset(); },
                 [](const auto&) {},
             },
             send.command);
}

void Watch::check_promotion(NodeIndex node) {
  if (node != self_ || state_ != State::promoting) {
    breaks("S6", "a Redis is promoted outside of a take-over");
  }
  if (stalled_) breaks("S20", "it promotes before it has listened");
  const auto& mine = seen_[self_];
  if (!mine) {
    breaks("S9", "a Redis is promoted that was not looked at");
  } else if (mine->sync_in_progress || mine->loading || mine->replica_priority == 0) {
    breaks("S9", "a Redis is promoted that is half copied, loading or of replica-priority 0");
  }
  promotion_ = Promotion::sent;
  // From here on the other one is the old owner's, whose own daemon demotes it.
  for (auto& paused : writes_paused_) paused.reset();
}

void Watch::check_follow(NodeIndex follower, const command::Follow& follow) {
  const auto site = scene::site(self_);
  const auto master = site.node_at(follow.master.address);
  if (!master || *master == follower) return breaks("S10", "a Redis is to follow itself");
  const auto& theirs = seen_[*master];
  const auto& own = seen_[follower];
  if (!theirs || !theirs->is_master()) {
    return breaks("S10", "a Redis is to follow what was not seen to be a master");
  }
  if (!own) return breaks("S10", "a Redis is to follow that was not looked at");
  if (theirs->keys == 0 && own->keys > 0) {
    breaks("S10", "a Redis with data is to follow an empty one");
  }
  if (compare(*own, *theirs).relation == Relation::ahead) {
    breaks("S10", "a Redis is to follow one that has less of the same history");
  }
}

// A role change that is under way is finished, and an address whose release was decided is let go;
// whoever is told to stop stops.
void Watch::check_paused(const Action& action) {
  if (!paused_ || terminating_ || !resting(before_)) return;
  const auto* send = std::get_if<action::Send>(&action);
  const bool taken_back = send && std::holds_alternative<command::UnpauseWrites>(send->command);
  const bool released = before_ == State::serving && (std::get_if<action::RemoveVips>(&action) ||
                                                      std::get_if<action::ResetClients>(&action));
  if (released || (send && !taken_back) || std::holds_alternative<action::AddVips>(action)) {
    breaks("S21", "it is paused and acts: " + scene::Spell{}(action));
  }
}

std::vector<std::int64_t> Watch::digest() const {
  std::vector<std::int64_t> result{
      static_cast<std::int64_t>(state_),
      static_cast<std::int64_t>(promotion_),
      has_address_,
      guarding_,
      refusing_,
      paused_,
      terminating_,
      stalled_,
      exits_,
      writes_paused_[0].has_value(),
      writes_paused_[1].has_value(),
  };
  return result;
}

}  // namespace redvip::search

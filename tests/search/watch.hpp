// What must hold after every event at one node, whatever the world does (ha.md section 3; the
// numbers are its). It sees only what goes in and what comes out, never the node's own opinion.
//
// S6  the address is added only on a Redis that was last seen to be a master, and after a promotion
//     only when it was seen after that; REPLICAOF NO ONE only while taking over, to the own Redis
// S7  clients are reset before the address is removed
// S9  nothing half copied, loading or of replica-priority 0 is promoted
// S10 nobody is told to follow what is no master, is empty, or has less of the same history
// S20 after a stall nothing is led or followed before the node has listened
// S21 paused and at rest it changes nothing
// S24 every change of state has one record with a cause
// S30 one event never causes a storm
// S35 (search.cpp) no pause of writes is forgotten; no state is a trap
// clean: packet filters are lifted before the node stands by or serves again; it exits once
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/action.hpp"
#include "core/site.hpp"

namespace redvip::search {

class Watch {
 public:
  explicit Watch(NodeIndex self) : self_{self} {}

  // The event as it happened, and what the node did because of it. `after`: the state it says it
  // is in.
  void look(Instant now, const Event& event, const std::vector<Action>& actions, State after);
  void breaks(const char* number, const std::string& sentence);

  // The first that was broken: its number and a sentence.
  [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }
  // Since when writes are paused there because this node said so; until it takes that back, the
  // role moves, or the pause runs out.
  [[nodiscard]] const std::optional<Instant>& writes_paused(NodeIndex node) const {
    return writes_paused_[node];
  }
  [[nodiscard]] bool exited() const { return exits_ > 0; }
  [[nodiscard]] bool terminating() const { return terminating_; }
  [[nodiscard]] bool paused() const { return paused_; }
  [[nodiscard]] bool has_address() const { return has_address_; }
  [[nodiscard]] bool guarding() const { return guarding_; }
  [[nodiscard]] bool refusing() const { return refusing_; }
  // All of the above and what else it goes by, for the fingerprint of a state.
  [[nodiscard]] std::vector<std::int64_t> digest() const;

 private:
  // Of a take-over: what is known of the promotion.
  enum class Promotion : std::uint8_t { none, sent, answered, seen };

  void hear(const Event& event);
  void check(Instant now, const Action& action);
  void check_record(const Transition& transition);
  void check_send(Instant now, const action::Send& send);
  void check_follow(NodeIndex follower, const command::Follow& follow);
  void check_promotion(NodeIndex node);
  void check_writers();
  void check_paused(const Action& action);

  NodeIndex self_;
  State before_ = State::starting;  // the event
  State state_ = State::starting;   // as the records tell
  std::array<std::optional<Observation>, 2> seen_;
  std::array<std::optional<Instant>, 2> writes_paused_;
  Promotion promotion_ = Promotion::none;
  bool has_address_ = false;
  bool reset_ = false;  // in this turn
  bool guarding_ = false;
  bool refusing_ = false;
  bool paused_ = false;
  bool terminating_ = false;
  bool stalled_ = false;
  int exits_ = 0;
  std::optional<std::string> broken_;
};

}  // namespace redvip::search

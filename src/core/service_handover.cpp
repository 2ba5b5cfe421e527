// handing_over: the owner gives the service to a standby without losing a write (DESIGN section 5,
// "Hand-over"). Writes wait for milliseconds; if nobody takes over they go on here.
#include "core/service.hpp"

namespace redvip {
namespace {

constexpr Millis drain_limit{400};
constexpr Millis successor_limit{400};  // beyond its Skew_Time

}  // namespace

// How long that node waits after priority 0 (RFC 9568 6.1; RFC 3768 6.1 counts in seconds).
Micros Service::skew_of(NodeIndex successor) const {
  const auto priority = site_.priority(successor).value_or(Priority::of(1));
  const auto unit = site_.service.version == VrrpVersion::v2
                        ? Micros{Seconds{1}}
                        : Micros{site_.service.advert_interval};
  return unit * (256 - priority.value()) / 256;
}

// The election gives the service to the standby of the highest priority, so nobody else can be
// named from here; but that one can take over by itself.
void Service::asked_to_hand_over(const event::SwitchoverAsked& asked) {
  const auto [next, why] = successor(now_);
  if (asked.to == site_.self) return refuse("already the owner");
  if (asked.to && next != asked.to) {
    const auto objection = objection_to(*asked.to, now_);
    return refuse("not handing over: " + site_.name(*asked.to) +
                  (objection.empty() ? " is not the first in line; run 'redvip switchover' there, "
                                       "and it takes over"
                                     : " cannot take over: " + objection));
  }
  begin_handover(asked.reason.empty() ? "an operator asked for a switchover"
                                      : "an operator asked for a switchover (" + asked.reason + ")",
                 Motive::switchover);
}

void Service::begin_handover(const std::string& cause, Motive motive) {
  const auto [next, why] = successor(now_);
  if (!next) {
    if (terminating_) {
      note(true, "nobody can take over: " + why + "; the address goes away with this node");
      return leave_for_good();
    }
    return refuse(cause + ", but nobody can take over: " + why + "; still the owner");
  }
  marks_.clear();
  mark("asked");
  handover_ = HandOver{};
  handover_.motive = motive;
  handover_.successor = *next;
  handover_.step_since = now_;
  enter(State::handing_over, cause + ": handing over to " + site_.name(*next));
  // A millisecond's walk of the kernel's table, while no client waits yet.
  order(action::FindClients{});
  const auto length = pause_length + std::chrono::ceil<Millis>(skew_of(*next));
  writes_paused_until_ = now_ + length;
  command_and_look(site_.self, command::PauseWrites{length});
}

void Service::handing_over() {
  if (fired(Timer::refresh)) {
    order(action::RefreshVips{});
    arm(Timer::refresh, Millis{250});
  }
  switch (handover_.step) {
    case HandOver::Step::pausing:
    case HandOver::Step::draining:
      if (!owner_must_stop()) freeze_own_writes();
      return;
    case HandOver::Step::releasing:
      return wait_for_successor();
    case HandOver::Step::reclaiming:
      return reclaim();
  }
}

void Service::freeze_own_writes() {
  const auto to = handover_.successor;
  const auto next_step = [&](HandOver::Step step) {
    handover_.step = step;
    handover_.step_since = now_;
  };
  if (handover_.step == HandOver::Step::pausing) {
    if (const auto* paused = done<command::PauseWrites>(site_.self)) {
      if (paused->error) return take_back("writes cannot be paused: " + paused->error->text());
      handover_.confirmed = true;
      ask(site_.self);
    } else if (const auto* mine = observed(site_.self); mine && handover_.confirmed) {
      handover_.frozen_offset = mine->master_repl_offset;
      mark("frozen");
      next_step(HandOver::Step::draining);
      poll_soon(to, now_);
    }
  } else if (const auto* theirs = observed(to)) {
    const auto* mine = local();
    if (mine && theirs->replid == mine->replid &&
        theirs->slave_repl_offset >= handover_.frozen_offset) {
      mark("successor drained");
      next_step(HandOver::Step::releasing);
      order(election::Leave{});  // priority 0, keeping the address
      return poll(to);
    }
    poll_again(handover_.step_since);  // what it had yet to read was on its way
  }
  if (now_ - handover_.step_since >= drain_limit) {
    return take_back(handover_.step == HandOver::Step::pausing
                         ? "Redis did not pause its writes in time"
                         : site_.name(to) + " did not catch up in time");
  }
  if (handover_.step == HandOver::Step::pausing) {
    arm(Timer::poll, Millis{1});
  } else if (fired(Timer::poll)) {
    poll_soon(to, handover_.step_since);
  }
}

// The successor's first advert says that it is at it. Its gratuitous ARP says that the address is
// there; a second advert says the same where ARP is not heard.
void Service::wait_for_successor() {
  const auto to = handover_.successor;
  if (const auto* advert = happened<event::AdvertHeard>(); advert && advert->priority.value() > 0) {
    if (!handover_.successor_heard) {
      handover_.successor_heard = now_;
      mark("successor leads");
    } else if (now_ - *handover_.successor_heard >= Micros{site_.service.advert_interval} / 2) {
      const auto* theirs = at(advert->from);
      if (!theirs || theirs->is_master()) return release_to_successor();
    }
  }
  if (happened<event::AddressClaimed>()) return release_to_successor();
  if (now_ - handover_.step_since >= successor_limit + skew_of(to)) {
    const auto* theirs = at(to);
    if (theirs && theirs->is_master() && facts_.released_by() != to) return release_to_successor();
    return take_back(site_.name(to) + " did not take over: is its redvip running?");
  }
  if (fired(Timer::poll)) poll(to, Millis{5});
}

void Service::release_to_successor() {
  mark("released");
  const auto cause = "handed over to " + site_.name(handover_.successor);
  lose(State::holding, cause, Address::off);
}

// Lead again first; writes go on only when the successor has had the time to hear that and is seen
// not to be a master.
void Service::take_back(std::string why) {
  handover_.failure = std::move(why);
  handover_failed_ = now_;
  handover_.step = HandOver::Step::reclaiming;
  handover_.step_since = now_;
  if (!facts_.leading()) order(election::Claim{});
  poll(handover_.successor);
}

void Service::reclaim() {
  const auto to = handover_.successor;
  if (failed_interface() || !facts_.local_up(now_)) {
    return lose(State::fault, "the node failed while handing over", Address::until_claimed);
  }
  if (!facts_.leading()) return release_to_successor();
  if (fired(Timer::poll)) poll(to, Millis{5});
  const auto* theirs = at(to);
  if (theirs && theirs->is_master()) {
    if (facts_.released_by() != to) return release_to_successor();
    // It has promoted its Redis and then given up: nobody has written to that one. Where it cannot
    // be parked, that is what every owner does about a peer that stays a master (align_peers).
    const bool asked = handover_.parked_at && now_ - *handover_.parked_at < Millis{100};
    if (observed(to) && !asked) {
      handover_.parked_at = now_;
      park(to, *theirs);
    }
    if (now_ - handover_.step_since < Seconds{1}) return;
  }
  const bool unseen =
      !theirs || !facts_.responsive(now_, to, Micros{site_.service.advert_interval});
  if (now_ - handover_.step_since < Micros{site_.service.advert_interval}) return;
  if (!observed(to) && !unseen) return;
  command(site_.self, command::UnpauseWrites{});
  if (terminating_) {
    note(true, handover_.failure + "; the address goes away with this node");
    return leave_for_good();
  }
  enter(State::serving, "still the owner: " + handover_.failure);
  arm(Timer::refresh, Millis{250});
}

void Service::leave_for_good() {
  left_ = true;
  order(election::Leave{});
  if (facts_.vips_present()) let_go_at_ = now_;
  let_go_of_address();
  order(action::Exit{});
}

std::string Service::objection_to(NodeIndex node, Instant now) const {
  if (!site_.priority(node)) return "it is not in service.nodes";
  const auto* mine = facts_.current(now, site_.self);
  const auto* theirs = facts_.current(now, node);
  if (!theirs) {
    const auto& problem = facts_.redis(node).problem;
    return problem.empty() ? "its Redis does not answer" : "its Redis cannot be seen: " + problem;
  }
  if (!follows(*theirs, site_.self) || !theirs->link_up) {
    return "its Redis is not in sync with this one";
  }
  if (const auto verdict = may_promote(site_, *theirs); !verdict.yes) return verdict.why;
  if (mine && mine->replid != theirs->replid) return "its Redis has another replication ID";
  if (const auto unfed = mine ? unfed_bytes(*theirs) : 0; unfed > 0) {
    return "its Redis has yet to receive " + std::to_string(unfed) + " bytes";
  }
  if (facts_.peer_missing(now, node)) return "its redvip is not running, or hangs";
  if (const auto* peer = facts_.peer(now, node)) {
    if (peer->paused) return "its redvip is paused";
    if (peer->state == State::fault) return peer->reason;
  }
  return {};
}

std::pair<std::optional<NodeIndex>, std::string> Service::successor(Instant now) const {
  std::string why;
  for (const auto node : site_.service.nodes) {
    if (node == site_.self) continue;
    const auto objection = objection_to(node, now);
    if (objection.empty()) return {node, {}};
    why += (why.empty() ? "" : "; ") + site_.name(node) + ": " + objection;
  }
  return {std::nullopt, why.empty() ? "there is no other node" : why};
}

// Its skew, and the questions and answers that a hand-over is made of: pause, look, look there,
// promote.
Micros Service::switchover_estimate(NodeIndex node) const {
  return skew_of(node) + 2 * facts_.redis(site_.self).round_trip +
         3 * facts_.redis(node).round_trip;
}

}  // namespace redvip

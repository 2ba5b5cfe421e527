// promoting, the second half: the old master's stream is read, so the role, the address, and what
// the change cost.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {
namespace {

// For a replica with a longer history to lead instead of us.
constexpr Seconds patience_with_better{2};

constexpr std::size_t most_moves_known = 1000;  // as many as max_moves can be

}  // namespace

// Where several replicas have lost the same master, each has read what reached it. The one that got
// furthest leads; its turn comes when we resign. If it does not take it, having less is better than
// having no owner.
void Service::drained() {
  if (!local()) return abandon("Redis does not answer");
  if (!takeover_.drained_at) takeover_.drained_at = now_;
  if (!takeover_.forced && unowned() < patience_with_better && !others_looked_at()) {
    return arm(Timer::poll, Millis{1});
  }
  const auto better = longer_history(site_, facts_, *local(), now_);
  if (better && !takeover_.forced && unled(*better) < patience_with_better) {
    return abandon(site_.name(*better) + " has more of the same history and should lead");
  }
  if (!takeover_.caught_up) mark("drained");
  promote();
}

// With a third node about, it may be in the middle of taking over and rely on the pause, which then
// runs out by itself.
void Service::unpause_the_other() {
  const auto node = std::exchange(unpause_when_parked_, std::nullopt);
  if (node && site_.nodes.size() == 2) command(*node, command::UnpauseWrites{});
}

// One that we have just taken over from leads again: not with the pause of our making.
void Service::end_our_pause() {
  const bool just_taken = takeover_.paused_other && now_ - takeover_.began < pause_length;
  if (just_taken) unpause_when_parked_ = takeover_.from;
}

bool Service::others_looked_at() {
  bool all = true;
  for (const auto node : site_.service.nodes) {
    if (node == site_.self || node == takeover_.from || !at(node)) continue;
    if (*facts_.redis(node).answered_at > *takeover_.drained_at) continue;
    ask(node);
    all = false;
  }
  return all || now_ - *takeover_.drained_at > patience_with_looks;
}

// A master that was frozen and caught up with cost nothing. Of one that died there is the last
// look, and how fast it wrote at its fastest; what is written between two looks may be missing
// entirely.
Toll Service::toll_of_takeover() const {
  const auto* mine = local();
  if (!takeover_.from || !mine) return {};
  if (takeover_.caught_up) return {std::int64_t{0}, std::nullopt, {}};
  const auto& seen = master_seen_;
  if (!seen || seen->replid != mine->replid2) return {};
  const Micros unseen = takeover_.began - seen->at + site_.service.redis.probe_interval;
  const auto unseen_bytes = seen->write_rate * unseen.count() / Micros{Seconds{1}}.count();
  const auto behind = seen->offset - (mine->second_repl_offset - 1);
  return {std::max<std::int64_t>(behind, 0) + unseen_bytes, std::nullopt, {}};
}

void Service::promote() {
  if (takeover_.step != TakeOver::Step::promoting) {
    // Much may have changed since it began: a copy under way, replica-priority 0.
    const auto* mine = local();
    const auto verdict = mine ? fit_to_take_over(*mine) : Verdict::unfit("Redis does not answer");
    if (!verdict.yes) return abandon(verdict.why);
    step_to(TakeOver::Step::promoting);
    command_and_look(site_.self, command::Promote{});
    return;
  }
  if (const auto* promoted = done<command::Promote>(site_.self)) {
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
  if (fired(Timer::poll)) poll(site_.self);
}

void Service::addressing() {
  if (takeover_.step != TakeOver::Step::addressing) {
    // What answered until now: an address that was in use here a moment ago is worth no waiting.
    const bool refuse = site_.service.on_conflict == OnConflict::refuse && !takeover_.forced;
    if (const auto stranger = conflict(); !stranger.empty() && refuse) return abandon(stranger);
    step_to(TakeOver::Step::addressing);
    // What it was told as an owner before counts no more: whether a replica is there is yet to be
    // seen.
    if (site_.service.redis.min_replicas == MinReplicas::managed) require_replicas(0);
    // Our own hand-over may have paused it, or one of the redvip that ran here before, or a third
    // node when it was to be taken over from here.
    const bool young = now_ - *started_ < Seconds{10};
    if (site_.nodes.size() > 2 || now_ < writes_paused_until_ || young) {
      command(site_.self, command::UnpauseWrites{});
    }
    order(action::AddVips{});
    return;
  }
  const auto* added = happened<event::VipsAdded>();
  if (!added) return;
  if (added->error) return abandon("the address cannot be added: " + added->error->text());
  order(action::Announce{});
  unguard();
  mark("announced");
  if (const auto& before = facts_.last_owner(); before && before->node != site_.self) {
    const int above = std::min(254, before->priority.value() + 1);
    if (above > priority().value()) advantage_ = Priority::of(above);
  }
  serving_run_id_ = local() ? local()->run_id : std::string{};
  rival_heard_.reset();
  asked_before_announcing_ = false;
  misaligned_since_.assign(site_.nodes.size(), std::nullopt);
  if (!takeover_.asked_for && !takeover_.forced) moves_.push_back(now_);
  if (moves_.size() > most_moves_known) moves_.erase(moves_.begin());
  toll_ = toll_of_takeover();
  patience_after_failure_ = Micros{0};
  enter(State::serving, reason_);
  order(election::Claim{});  // an advert at once: the old owner lets go when it hears it
  arm(Timer::refresh, Millis{250});
  if (site_.service.garp.delay > Micros{0}) arm(Timer::announce, site_.service.garp.delay);
  remember();
}

void Service::abandon(const std::string& why) {
  unguard();
  if (facts_.vips_present() || takeover_.step == TakeOver::Step::addressing) let_go_at_ = now_;
  let_go_of_address();
  order(election::Leave{});
  const auto from = takeover_.from;
  const auto* mine = local();
  const bool other_leads_on = takeover_.paused_other && at(*from) && at(*from)->is_master();
  const bool promoted = takeover_.step >= TakeOver::Step::promoting && mine;
  if (other_leads_on && promoted) {
    // Two masters never take writes: ours, which nobody has written to, is parked before the other
    // goes on.
    unpause_when_parked_ = from;
    park(site_.self, *mine);
  } else if (takeover_.paused_other && at(*from)) {
    unpause_when_parked_ = from;
    unpause_the_other();
  }
  if (terminating_) return leave_for_good();
  held_until_ = now_ + Seconds{1};
  if (takeover_.requested && !takeover_.asked_for) {
    // Each attempt pauses the writes of an owner that is well.
    patience_after_failure_ = std::clamp(2 * patience_after_failure_, Micros{Seconds{5}},
                                         Micros{Seconds{60}});
    preempts_again_ = now_ + patience_after_failure_;
  }
  const auto [next, because] = placement();
  enter(next == State::standby ? State::holding : next, "not taking over: " + why);
}

}  // namespace redvip

#include "core/facts.hpp"

#include <algorithm>
#include <utility>

namespace redvip {
namespace {

// Three adverts and the longest skew: what a silent owner is given before it counts as gone.
Micros silence_limit(Centiseconds interval) {
  return 4 * Micros{interval};
}

bool cannot_judge(Refusal refusal) {
  return refusal == Refusal::authentication || refusal == Refusal::protected_mode ||
         refusal == Refusal::max_clients || refusal == Refusal::misconfigured ||
         refusal == Refusal::other;
}

// Whose host must be there for this to happen.
std::optional<NodeIndex> speaker(const Event& event) {
  if (const auto* observed = std::get_if<event::RedisObserved>(&event)) return observed->node;
  if (const auto* refused = std::get_if<event::RedisRefused>(&event)) return refused->node;
  if (const auto* connected = std::get_if<event::RedisConnected>(&event)) return connected->node;
  const auto* lost = std::get_if<event::RedisLost>(&event);
  return lost && lost->loss == Loss::refused ? std::optional{lost->node} : std::nullopt;
}

// Bursts count: what a master may have written since the last look is judged by the most that it
// wrote between two of the looks before.
void measure_rate(RedisFacts& redis, const Observation& seen, Instant now) {
  constexpr auto a_second = Micros{Seconds{1}}.count();
  const auto* before = redis.last ? &*redis.last : nullptr;
  const bool comparable = before && redis.observed_at && before->replid == seen.replid &&
                          before->is_master() && seen.is_master();
  const auto span = comparable ? Micros{now - *redis.observed_at}.count() : 0;
  if (span < Micros{Millis{10}}.count()) {
    if (!comparable) redis.write_rate = 0;
    return;
  }
  const auto written = seen.master_repl_offset - before->master_repl_offset;
  constexpr std::int64_t a_ping = 14;  // Redis's own, to its replicas
  const auto rate = written <= a_ping ? 0 : written * a_second / span;
  redis.write_rate = std::max(rate, redis.write_rate * 7 / 8);
}

}  // namespace

void Facts::asked(Instant now, NodeIndex node) {
  if (!redis_[node].asked_at) redis_[node].asked_at = now;
}

void Facts::forget_freshness() {
  for (auto& redis : redis_) {
    if (redis.reach == RedisFacts::Reach::answering) redis.reach = RedisFacts::Reach::unknown;
    redis.answered_at.reset();
    redis.asked_at.reset();
  }
}

void Facts::heard(Instant now, const event::AdvertHeard& advert) {
  if (advert.priority.value() == 0) {
    if (owner_ && owner_->node == advert.from) {
      owner_->expires_after = Micros{0};
      released_by_ = advert.from;
    }
    return;
  }
  // Of two that advertise, the one to which the other will yield: not each in its turn.
  const bool both = owner_ && owner_->node != advert.from && owner_->expires_after > Micros{0} &&
                    now - owner_->heard_at <= 3 * Micros{advert.max_advert_interval};
  const Rank theirs{advert.priority, advert.sender};
  if (both && theirs < Rank{owner_->priority, site_->vrrp_address(owner_->node)}) return;
  const bool continues =
      owner_ && owner_->node == advert.from && now - owner_->heard_at <= owner_->expires_after;
  owner_ = Owner{advert.from, advert.priority, now, continues ? owner_->first_heard_at : now,
                 silence_limit(advert.max_advert_interval)};
  released_by_.reset();
}

void Facts::update(Instant now, const Event& event) {
  using Reach = RedisFacts::Reach;
  if (const auto node = speaker(event)) {
    auto& redis = redis_[*node];
    redis.silent_for = redis.spoke_at ? Micros{now - *redis.spoke_at} : Micros{0};
    redis.spoke_at = now;
  }
  if (const auto* advert = std::get_if<event::AdvertHeard>(&event)) {
    heard(now, *advert);
  } else if (const auto* observed = std::get_if<event::RedisObserved>(&event)) {
    auto& redis = redis_[observed->node];
    measure_rate(redis, observed->observation, now);
    redis.reach = Reach::answering;
    if (redis.asked_at) redis.round_trip = now - *redis.asked_at;
    redis.last = observed->observation;
    redis.answered_at = redis.observed_at = now;
    if (!redis.back_at) redis.back_at = now;
    redis.asked_at.reset();
  } else if (const auto* connected = std::get_if<event::RedisConnected>(&event)) {
    auto& redis = redis_[connected->node];
    if (redis.reach == Reach::lost) redis.reach = Reach::unknown;
    redis.asked_at.reset();  // what the old connection was asked is never answered
  } else if (const auto* refused = std::get_if<event::RedisRefused>(&event)) {
    auto& redis = redis_[refused->node];
    redis.reach = Reach::refusing;
    redis.refusal = refused->refusal;
    redis.problem = refused->text;
    // A busy script is alive but serves nobody: it runs into down_after like a frozen process.
    if (refused->refusal != Refusal::busy) redis.answered_at = now;
    redis.asked_at.reset();
  } else if (const auto* lost = std::get_if<event::RedisLost>(&event)) {
    auto& redis = redis_[lost->node];
    redis.reach = Reach::lost;
    redis.loss = lost->loss;
    redis.back_at.reset();
    redis.problem = lost->text;
    redis.asked_at.reset();
  } else if (const auto* peer = std::get_if<event::PeerSeen>(&event)) {
    const auto& before = peers_[peer->node];
    const bool served = before.missing || before.presence.state == State::serving;
    const bool lets_go = served && peer->presence.state != State::serving;
    peers_[peer->node] = {peer->presence, now, false, lets_go};
  } else if (const auto* missing = std::get_if<event::PeerMissing>(&event)) {
    peers_[missing->node] = {{}, std::nullopt, true, false};
  } else if (const auto* interface = std::get_if<event::InterfaceChanged>(&event)) {
    interfaces_[interface->interface] = interface->up;
  } else if (const auto* track = std::get_if<event::TrackChanged>(&event)) {
    if (track->track < tracks_.size()) tracks_[track->track] = {true, track->up, track->why};
  } else if (std::holds_alternative<event::Led>(event)) {
    leading_ = true;
  } else if (const auto* followed = std::get_if<event::Followed>(&event)) {
    leading_ = false;
    if (followed->by) heard(now, *followed->by);
  } else if (std::holds_alternative<event::VipsMissing>(event)) {
    vips_present_ = false;
  } else if (const auto* added = std::get_if<event::VipsAdded>(&event)) {
    vips_present_ = !added->error;
  }
}

const Observation* Facts::current(Instant now, NodeIndex node) const {
  const auto& redis = redis_[node];
  if (redis.reach != RedisFacts::Reach::answering || !redis.last || !redis.answered_at) {
    return nullptr;
  }
  if (now - *redis.answered_at > site_->service.redis.down_after) return nullptr;
  return &*redis.last;
}

bool Facts::responsive(Instant now, NodeIndex node, Micros patience) const {
  return current(now, node) && heard_from(now, node, patience);
}

bool Facts::heard_from(Instant now, NodeIndex node, Micros patience) const {
  const auto& redis = redis_[node];
  if (redis.reach == RedisFacts::Reach::lost || !redis.answered_at) return false;
  if (now - *redis.answered_at > site_->service.redis.down_after) return false;
  return !redis.asked_at || now - *redis.asked_at < patience;
}

bool Facts::answer_due(Instant now, NodeIndex node, Micros patience) const {
  const auto& redis = redis_[node];
  return redis.reach == RedisFacts::Reach::unknown && redis.asked_at &&
         now - *redis.asked_at < patience;
}

bool Facts::local_up(Instant now) const {
  const auto& redis = redis_[site_->self];
  const bool silent =
      redis.answered_at && now - *redis.answered_at >= site_->service.redis.down_after;
  switch (redis.reach) {
    case RedisFacts::Reach::unknown:
      // After a stall what it said before counts for nothing; but a question that stays open does.
      return !redis.asked_at || now - *redis.asked_at < site_->service.redis.down_after;
    case RedisFacts::Reach::answering:
      return !silent;
    case RedisFacts::Reach::refusing:
      // Whatever it says, it has to go on saying it.
      return (cannot_judge(redis.refusal) || redis.refusal == Refusal::busy) && !silent;
    case RedisFacts::Reach::lost:
      // A closed connection alone may be somebody's CLIENT KILL; the reconnect that is under way
      // tells within a round trip whether the process lives.
      return redis.loss == Loss::closed && !silent;
  }
  return false;
}

std::string Facts::local_problem(Instant now) const {
  const auto& redis = redis_[site_->self];
  if (redis.reach == RedisFacts::Reach::refusing) return "Redis says: " + redis.problem;
  if (redis.reach == RedisFacts::Reach::lost && redis.loss != Loss::closed) {
    return redis.loss == Loss::refused ? "Redis is not running (connection refused)"
                                       : "Redis cannot be reached: " + redis.problem;
  }
  if (!redis.answered_at) return "Redis does not answer";
  const auto silent = std::chrono::duration_cast<Millis>(now - *redis.answered_at);
  return "Redis has not answered for " + std::to_string(silent.count()) + " ms";
}

bool Facts::judged(Instant now, NodeIndex node, Instant since) const {
  const auto& redis = redis_[node];
  if (redis.reach == RedisFacts::Reach::answering || redis.reach == RedisFacts::Reach::refusing) {
    return true;
  }
  if (redis.reach == RedisFacts::Reach::lost && redis.loss != Loss::closed) return true;
  return now - since >= site_->service.redis.down_after;
}

const Presence* Facts::peer(Instant now, NodeIndex node) const {
  constexpr Millis looked_for_every_second{3500};
  const auto& peer = peers_[node];
  if (!peer.seen_at || now - *peer.seen_at > looked_for_every_second) return nullptr;
  return &peer.presence;
}

bool Facts::peer_missing(Instant now, NodeIndex node) const {
  return peers_[node].missing && current(now, site_->self) != nullptr;
}

std::optional<Owner> Facts::owner(Instant now) const {
  if (!owner_ || now - owner_->heard_at > owner_->expires_after ||
      owner_->expires_after == Micros{0}) {
    return std::nullopt;
  }
  return owner_;
}

std::optional<NodeIndex> Facts::master_of_local() const {
  const auto& local = redis_[site_->self].last;
  if (!local || local->is_master() || local->is_parked()) return std::nullopt;
  const auto address = IpAddress::parse(local->master_host);
  if (!address || local->master_port != site_->service.redis.port) return std::nullopt;
  return site_->node_at(*address);
}

bool Facts::interface_up(const std::string& interface) const {
  const auto found = interfaces_.find(interface);
  return found == interfaces_.end() || found->second;
}

TrackFacts Facts::track(std::size_t index) const {
  const auto& what = site_->service.tracks[index].what;
  if (const auto* tracked = std::get_if<InterfaceTrack>(&what)) {
    const bool up = interface_up(tracked->interface);
    return {true, up, up ? std::string{} : "interface " + tracked->interface + " is down"};
  }
  if (!tracks_[index].known) return {false, tracks_[index].up, "not known yet"};
  return tracks_[index];
}

bool Facts::tracks_known() const {
  for (std::size_t index = 0; index < tracks_.size(); ++index) {
    if (!track(index).known) return false;
  }
  return true;
}

void Facts::retrack(const std::vector<Track>& before) {
  const auto known = std::exchange(tracks_, std::vector<TrackFacts>(site_->service.tracks.size()));
  for (std::size_t index = 0; index < tracks_.size(); ++index) {
    const auto same = std::find(before.begin(), before.end(), site_->service.tracks[index]);
    if (same != before.end()) {
      tracks_[index] = known[static_cast<std::size_t>(same - before.begin())];
    } else {
      // Were it down until its first result, whichever node gets one first would take over.
      tracks_[index].up = true;
    }
  }
}

}  // namespace redvip

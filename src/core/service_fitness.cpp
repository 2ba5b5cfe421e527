// What speaks for this node and against it, its Redis's data apart: the priority, what is tracked,
// who else has the address.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {

namespace {

// +n counts while what it belongs to is up, -n while it is down.
int counted(int weight, bool up) {
  return (weight > 0) == up ? weight : 0;
}

// The address owner's priority is never moved.
Priority weighted(const Site& site, NodeIndex node, int weights) {
  const int own = site.priority(node).value_or(Priority::of(1)).value();
  return Priority::of(own == 255 ? own : std::clamp(own + weights, 1, 254));
}

}  // namespace

Priority Service::priority() const {
  if (advantage_) return *advantage_;
  const auto& tracks = site_.service.tracks;
  int weights = counted(site_.service.redis.weight, facts_.local_up(now_));
  for (std::size_t track = 0; track < tracks.size(); ++track) {
    weights += counted(tracks[track].weight, facts_.track(track).up);
  }
  return weighted(site_, site_.self, weights);
}

// What a node advertises while everything that has a weight is up, or while all of it is down.
Priority Service::weighted_priority(NodeIndex node, bool up) const {
  int weights = counted(site_.service.redis.weight, up);
  for (const auto& track : site_.service.tracks) weights += counted(track.weight, up);
  return weighted(site_, node, weights);
}

// The priority that a node advertises while nothing is wrong with it.
Priority Service::unimpaired_priority(NodeIndex node) const {
  return weighted_priority(node, true);
}

// A priority that no weight explains is another configuration's: keepalived's, or that of a redvip
// that has not been reloaded yet. It says nothing of how its owner is.
bool Service::impaired(const Owner& owner) const {
  return owner.priority < unimpaired_priority(owner.node) &&
         owner.priority >= weighted_priority(owner.node, false);
}

bool Service::first_in_line() const {
  const auto released = facts_.released_by();
  const bool to_the_letter = site_.service.strict || site_.service.any_source;
  if (state_ != State::standby || !released || to_the_letter || paused()) return false;
  return std::ranges::all_of(site_.service.nodes, [&](NodeIndex node) {
    return node == site_.self || node == *released || unimpaired_priority(node) < priority();
  });
}

void Service::update_priority() {
  const auto effective = priority();
  if (sent_priority_ == effective) return;
  sent_priority_ = effective;
  // The election must know before it hears of any other request of this turn.
  orders_.insert(orders_.begin(), ElectionRequest{election::SetPriority{effective}});
}

std::optional<std::string> Service::failed_interface() const {
  if (facts_.interface_up(site_.service.interface)) return std::nullopt;
  return "interface " + site_.service.interface + " is down";
}

std::optional<std::string> Service::own_failure() const {
  if (auto interface = failed_interface()) return interface;
  const auto& tracks = site_.service.tracks;
  for (std::size_t index = 0; index < tracks.size(); ++index) {
    const auto track = facts_.track(index);
    if (tracks[index].weight != 0 || track.up) continue;
    const bool interface = std::holds_alternative<InterfaceTrack>(tracks[index].what);
    return interface ? track.why : tracks[index].name + ": " + track.why;
  }
  return std::nullopt;
}

// Why this node may not own the service, its Redis apart.
std::optional<std::string> Service::failure() const {
  if (auto own = own_failure()) return own;
  if (group_blocked_by_.empty()) return std::nullopt;
  return group_blocked_by_ + " of group " + site_.service.group + " cannot be owned here";
}

bool Service::blocked_by_group() const {
  return state_ == State::fault && !group_blocked_by_.empty() && !own_failure() &&
         facts_.local_up(now_);
}

void Service::probe_vips() {
  probed_ = now_;
  order(action::ProbeVips{});
}

void Service::meet(const event::StrangerAnswered& stranger) {
  constexpr Seconds reminder{60};
  const bool known = stranger_ && stranger_->mac == stranger.mac && stranger_->vip == stranger.vip;
  stranger_ = stranger;
  stranger_at_ = now_;
  if (!known || now_ - stranger_noted_at_ >= reminder) {
    stranger_noted_at_ = now_;
    note(true, conflict());
  }
}

// A stranger that was heard once and no more has gone.
std::string Service::conflict() const {
  constexpr Seconds memory{3};
  if (!stranger_ || now_ - stranger_at_ > memory) return {};
  return "another machine, " + stranger_->mac + ", answers for " + stranger_->vip.text();
}

}  // namespace redvip

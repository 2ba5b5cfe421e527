// What speaks for this node and against it, its Redis's data apart: the priority, what is tracked,
// who else has the address.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {

Priority Service::priority() const {
  if (advantage_) return *advantage_;
  int value = site_.priority(site_.self).value_or(Priority::of(1)).value();
  if (value == 255) return Priority::of(255);  // the address owner is never reduced
  const auto weigh = [&](int weight, bool up) {
    if ((weight > 0 && up) || (weight < 0 && !up)) value += weight;
  };
  weigh(site_.service.redis.weight, facts_.local_up(now_));
  for (std::size_t track = 0; track < site_.service.tracks.size(); ++track) {
    weigh(site_.service.tracks[track].weight, facts_.track(track).up);
  }
  return Priority::of(std::clamp(value, 1, 254));
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
  if (!known || now_ - stranger_noted_at_ >= reminder) {
    stranger_noted_at_ = now_;
    note(true, "another machine, " + stranger.mac + ", answers for " + stranger.vip.text());
  }
  stranger_ = stranger;
  stranger_at_ = now_;
}

// A stranger that was heard once and no more has gone.
std::string Service::conflict() const {
  constexpr Seconds memory{3};
  if (!stranger_ || now_ - stranger_at_ > memory) return {};
  return "another machine, " + stranger_->mac + ", answers for " + stranger_->vip.text();
}

// The priority that a node advertises while nothing is wrong with it.
Priority Service::unimpaired_priority(NodeIndex node) const {
  int value = site_.priority(node).value_or(Priority::of(1)).value();
  if (value == 255) return Priority::of(255);
  value += std::max(0, site_.service.redis.weight);
  for (const auto& track : site_.service.tracks) value += std::max(0, track.weight);
  return Priority::of(std::min(value, 254));
}

}  // namespace redvip

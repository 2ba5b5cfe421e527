// The configuration was read again: what changed counts from now on; the state stays as it is.
#include <utility>

#include "core/service.hpp"

namespace redvip {

void Service::reconfigure(const ServiceConfig& service) {
  const auto before = std::exchange(site_.service, service);
  facts_.retrack(before.tracks);
  if (service.redis.min_replicas != before.redis.min_replicas) required_replicas_.reset();
  const bool owner = state_ == State::serving || state_ == State::handing_over;
  if (owner && service.virtual_ips != before.virtual_ips) {
    order(action::AddVips{});
    order(action::Announce{});
  }
  if (state_ == State::serving && service.garp.refresh != before.garp.refresh) {
    arm(Timer::announce, service.garp.refresh);
  }
}

}  // namespace redvip

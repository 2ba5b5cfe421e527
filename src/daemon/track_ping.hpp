// A tracked address: asked for an ICMP echo (RFC 792, RFC 4443 section 4) at an interval.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "core/track.hpp"

namespace redvip::daemon {

// Asks at once, then `interval` after each request, but only once at a time; each request gives one
// result. Uses an ICMP datagram socket where net.ipv4.ping_group_range allows it, else a raw one
// (CAP_NET_RAW).
class PingTracker {
 public:
  using Report = std::function<void(const Result<void>&)>;

  PingTracker(boost::asio::io_context& io, PingTrack track, Report report);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace redvip::daemon

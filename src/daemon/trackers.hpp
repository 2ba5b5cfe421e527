// The checks of one service that run by themselves: its scripts, files and pings.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/track.hpp"
#include "daemon/children.hpp"
#include "daemon/track_file.hpp"
#include "daemon/track_ping.hpp"
#include "daemon/track_script.hpp"

namespace redvip::daemon {

class Trackers {
 public:
  // Track `index` of the list is up or down since now; `why` is the failure, empty when up. Called
  // from the loop, for the first time when the track's first result is known: until then its state
  // is TrackState::unknown. May destroy the Trackers.
  using Changed = std::function<void(std::size_t index, bool up, const std::string& why)>;

  // Starts them. Interface tracks are left out: the network monitor tells those. Destroying it
  // stops everything; `children` must live until then.
  Trackers(boost::asio::io_context& io, Children& children, const std::string& service,
           const std::vector<Track>& tracks, const Changed& changed);

 private:
  std::vector<std::variant<ScriptTracker, FileTracker, PingTracker>> running_;
};

}  // namespace redvip::daemon

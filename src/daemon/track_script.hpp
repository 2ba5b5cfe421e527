// A tracked script: run at an interval, judged by how it ends.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/track.hpp"
#include "daemon/children.hpp"

namespace redvip::daemon {

// Runs it at once, then `interval` after each start, but never twice at a time. It gets PATH and
// REDVIP_SERVICE in its environment and nothing else. Each run gives one result; a script that does
// not even die when it is killed (it waits for a dead disk) gives a failure every `interval`.
// Destroyed, it reports no more; a run under way ends by itself or at its limit.
class ScriptTracker {
 public:
  using Report = std::function<void(const Result<void>&)>;

  // `children` must outlive it.
  ScriptTracker(boost::asio::io_context& io, Children& children, ScriptTrack track,
                const std::string& service, Report report);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace redvip::daemon

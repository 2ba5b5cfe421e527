#include "daemon/trackers.hpp"

#include "core/tracker.hpp"

namespace redvip::daemon {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

Trackers::Trackers(boost::asio::io_context& io, Children& children, const std::string& service,
                   const std::vector<Track>& tracks, const Changed& changed) {
  for (std::size_t index = 0; index < tracks.size(); ++index) {
    const auto& track = tracks[index];
    const auto report = [changed, index, tracker = Tracker{track.rise, track.fall}](
                            const Result<void>& result) mutable {
      if (!tracker.take(result)) return;
      changed(index, tracker.state() == TrackState::up, tracker.why());
    };
    std::visit(
        Overloaded{[](const InterfaceTrack&) {},
                   [&](const ScriptTrack& script) {
                     running_.emplace_back(ScriptTracker{io, children, script, service, report});
                   },
                   [&](const FileTrack& file) {
                     running_.emplace_back(FileTracker{io, file, report});
                   },
                   [&](const PingTrack& ping) {
                     running_.emplace_back(PingTracker{io, ping, report});
                   }},
        track.what);
  }
}

}  // namespace redvip::daemon

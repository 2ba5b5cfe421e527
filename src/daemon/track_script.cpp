#include "daemon/track_script.hpp"

#include <boost/asio/steady_timer.hpp>

namespace redvip::daemon {
namespace {

using Clock = boost::asio::steady_timer::clock_type;

constexpr const char* search_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr Millis to_die{500};  // a killed process is gone long before

}  // namespace

struct ScriptTracker::State : std::enable_shared_from_this<State> {
  Children& children;
  ScriptTrack track;
  Children::Environment environment;
  Report report;
  boost::asio::steady_timer timer;
  Clock::time_point started;

  State(boost::asio::io_context& io, Children& with, ScriptTrack what, const std::string& service,
        Report to)
      : children{with},
        track{std::move(what)},
        environment{{"PATH", search_path}, {"REDVIP_SERVICE", service}},
        report{std::move(to)},
        timer{io} {}

  void at(Clock::time_point when, void (State::*then)()) {
    timer.expires_at(when);
    timer.async_wait([weak = weak_from_this(), then](const boost::system::error_code& cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled) (self.get()->*then)();
    });
  }

  void start() {
    started = Clock::now();
    const auto user = track.user.empty() ? ordinary_user() : find_user(track.user);
    if (!user) return ended(tl::unexpected(user.error()));
    at(started + track.timeout + to_die, &State::overdue);
    children.start_as(*user, track.argv, environment, track.timeout,
                      [weak = weak_from_this()](const Result<void>& result) {
                        if (const auto self = weak.lock()) self->ended(result);
                      });
  }

  void ended(const Result<void>& result) {
    at(started + track.interval, &State::start);
    report(result);
  }

  void overdue() {
    at(Clock::now() + track.interval, &State::overdue);
    report(failure("was killed and does not end", track.argv.front()));
  }
};

ScriptTracker::ScriptTracker(boost::asio::io_context& io, Children& children, ScriptTrack track,
                             const std::string& service, Report report)
    : state_{std::make_shared<State>(io, children, std::move(track), service, std::move(report))} {
  state_->at(Clock::now(), &State::start);
}

}  // namespace redvip::daemon

#include "daemon/systemd.hpp"

#include <systemd/sd-daemon.h>

#include <map>

#include "daemon/clock.hpp"

namespace redvip::daemon {
namespace {

constexpr std::size_t named_one_by_one = 4;

// Its result says whether systemd is there at all; either way there is nothing to be done.
void tell(const std::string& text) {
  (void)::sd_notify(0, text.c_str());
}

}  // namespace

std::string systemd_line(const std::vector<ServiceStatus>& services) {
  std::string line;
  const auto add = [&line](const std::string& text) { line += (line.empty() ? "" : ", ") + text; };
  if (services.size() <= named_one_by_one) {
    for (const auto& service : services) {
      add(service.name + ": " + service.state + (service.paused ? " (paused)" : ""));
    }
    return line;
  }
  std::map<std::string, int> count;
  for (const auto& service : services) ++count[service.state];
  for (const auto& [state, times] : count) add(std::to_string(times) + ' ' + state);
  return std::to_string(services.size()) + " services: " + line;
}

Systemd::Systemd(boost::asio::io_context& io) : timer_{io} {
  std::uint64_t limit = 0;  // microseconds
  if (::sd_watchdog_enabled(0, &limit) <= 0) return;
  interval_ = Micros{static_cast<Micros::rep>(limit / 3)};
  feed();
}

void Systemd::feed() {
  tell("WATCHDOG=1");
  timer_.expires_after(*interval_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) feed();
  });
}

void Systemd::ready() const {
  tell("READY=1");
}

void Systemd::reloading() const {
  const auto since = now().time_since_epoch().count();
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since));
}

void Systemd::stopping() const {
  tell("STOPPING=1");
}

void Systemd::show(const std::string& line) {
  if (line == shown_) return;
  shown_ = line;
  tell("STATUS=" + line);
}

}  // namespace redvip::daemon

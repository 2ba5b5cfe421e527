// What systemd hears of the daemon (Type=notify, sd_notify(3)), and its watchdog. Outside systemd,
// where NOTIFY_SOCKET is not set, nothing happens.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "daemon/status.hpp"

namespace redvip::daemon {

// "cache: serving"; more than four services are counted: "255 services: 250 serving, 5 standby".
[[nodiscard]] std::string systemd_line(const std::vector<ServiceStatus>& services);

class Systemd {
 public:
  // Feeds the watchdog from `io`, three times in WatchdogSec=, if the unit has one: a loop that
  // does not turn does not feed.
  explicit Systemd(boost::asio::io_context& io);

  // Started: READY=1. Also after each reloading(), whatever came of it.
  void ready();
  void reloading();  // RELOADING=1 with the time, CLOCK_MONOTONIC
  void stopping();
  void show(const std::string& line);  // STATUS=; said only when it is another

 private:
  void feed();
  void tell(const std::string& text);

  boost::asio::steady_timer timer_;
  std::optional<Micros> interval_;  // none: no watchdog
  std::string shown_;
};

}  // namespace redvip::daemon

// Trouble that lasts is told once: the same thing every 100 ms is one line, not a flood.
#pragma once

#include <set>
#include <string>

#include "core/result.hpp"
#include "daemon/log.hpp"

namespace redvip::daemon {

class Complaints {
 public:
  Complaints(const Log& log, std::string about) : log_{log}, about_{std::move(about)} {}

  void say(const Error& error) { say(error.text(), error.text()); }
  // What has the same `kind` is told once, however its text changes.
  void say(const std::string& kind, const std::string& text) {
    if (told_.size() >= most_kinds || !told_.insert(kind).second) return;
    log_.warning(about_ + ": " + text);
  }
  void forget() { told_.clear(); }

 private:
  static constexpr std::size_t most_kinds = 100;  // texts can be a stranger's invention

  const Log& log_;
  std::string about_;
  std::set<std::string> told_;
};

}  // namespace redvip::daemon

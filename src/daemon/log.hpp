// The log, as sentences, on standard error (the journal, under systemd). INFO only on change.
#pragma once

#include <memory>
#include <string>

#include "core/config.hpp"

namespace spdlog {
class logger;
}

namespace redvip::daemon {

class Log {
 public:
  explicit Log(const DaemonConfig& config);
  void configure(const DaemonConfig& config);  // level and format, from now on

  void info(const std::string& text) const { write(LogLevel::info, text); }
  void warning(const std::string& text) const { write(LogLevel::warning, text); }
  void error(const std::string& text) const { write(LogLevel::error, text); }
  void write(LogLevel level, const std::string& text) const;

 private:
  std::shared_ptr<spdlog::logger> logger_;
  bool json_ = false;
};

}  // namespace redvip::daemon

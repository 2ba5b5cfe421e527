#include "daemon/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>
#include <cstdlib>

namespace redvip::daemon {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

Log::Log(const DaemonConfig& config)
    : logger_{std::make_shared<spdlog::logger>(
          "redvip", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>())} {
  configure(config);
}

void Log::configure(const DaemonConfig& config) {
  json_ = config.log_format == LogFormat::json;
  logger_->set_level(to_spdlog(config.log_level));
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;  // has its own time stamps
  if (json_) {
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":%v})",
        spdlog::pattern_time_type::utc));
  } else {
    logger_->set_pattern(journal ? "%l: %v" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  }
}

void Log::write(LogLevel level, const std::string& text) const {
  logger_->log(to_spdlog(level), json_ ? boost::json::serialize(boost::json::value(text)) : text);
}

}  // namespace redvip::daemon

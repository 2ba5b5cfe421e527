// How findings are written, and the chapters of judge_redis (pure).
#pragma once

#include <string>
#include <utility>

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

// All findings are about the same subject.
class Report {
 public:
  explicit Report(std::string subject) : subject_{std::move(subject)} {}
  void ok(std::string text) { add(Level::ok, std::move(text), "", false); }
  void warning(std::string text, std::string cure) {
    add(Level::warning, std::move(text), std::move(cure), false);
  }
  void problem(std::string text, std::string cure, bool stops_run = false) {
    add(Level::problem, std::move(text), std::move(cure), stops_run);
  }
  // A problem that `run` does not start with.
  void stop(std::string text, std::string cure) { problem(std::move(text), std::move(cure), true); }
  void add(const Findings& more) { findings_.insert(findings_.end(), more.begin(), more.end()); }
  [[nodiscard]] Findings findings() && { return std::move(findings_); }

 private:
  void add(Level level, std::string text, std::string cure, bool stops_run) {
    findings_.push_back({level, subject_, std::move(text), std::move(cure), stops_run});
  }
  std::string subject_;
  Findings findings_;
};

// "+a, +b" of {"a", "b"}, "+" and ", ".
[[nodiscard]] std::string joined(const std::vector<std::string>& words, const std::string& before,
                                 const std::string& between);

// Empty when Redis does not know it.
[[nodiscard]] std::string value_of(const RedisFacts& redis, const std::string& setting);

// In Redis's own units: "64 MB" is 64 * 1024 * 1024.
[[nodiscard]] std::string size_text(std::int64_t bytes);

// Which commands it lets us have, and who else is connected.
void judge_access(const ServiceConfig& service, const RedisFacts& redis, Report& report);

// What its settings do to the data, and to replication. `config` must be there.
void judge_start(const RedisFacts& redis, Report& report);
void judge_replication(const ServiceConfig& service, const RedisFacts& redis, Report& report);

}  // namespace redvip::daemon

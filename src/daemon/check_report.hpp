// How the findings about one Redis are written, and the chapters of judge_redis (pure).
#pragma once

#include <string>
#include <utility>

#include "daemon/check_judge.hpp"

namespace redvip::daemon {

// Every line begins with the same prefix.
class Report {
 public:
  explicit Report(std::string prefix) : prefix_{std::move(prefix)} {}
  void ok(const std::string& text) { add(Level::ok, text, ""); }
  void warning(const std::string& text, std::string cure) {
    add(Level::warning, text, std::move(cure));
  }
  void problem(const std::string& text, std::string cure) {
    add(Level::problem, text, std::move(cure));
  }
  [[nodiscard]] Findings findings() && { return std::move(findings_); }

 private:
  void add(Level level, const std::string& text, std::string cure) {
    findings_.push_back({level, prefix_ + text, std::move(cure), false});
  }
  std::string prefix_;
  Findings findings_;
};

// Empty when Redis does not know it.
[[nodiscard]] std::string value_of(const RedisFacts& redis, const std::string& setting);

// In Redis's own units: "64 MB" is 64 * 1024 * 1024.
[[nodiscard]] std::string size_text(std::int64_t bytes);

// What its settings do to the data, and to replication. `config` must be there.
void judge_start(const RedisFacts& redis, Report& report);
void judge_replication(const ServiceConfig& service, const RedisFacts& redis, Report& report);

}  // namespace redvip::daemon

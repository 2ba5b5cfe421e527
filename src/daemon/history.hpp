// history.jsonl in state_dir: one record per transition, one JSON object a line, append only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace redvip::daemon {

struct HistoryRecord {
  std::string time;  // UTC, ISO 8601 with milliseconds
  std::string node;
  std::string service;
  std::string from;
  std::string to;
  std::string cause;                                        // a sentence
  std::vector<std::pair<std::string, std::string>> inputs;  // what decided it, in order
  std::vector<std::pair<std::string, double>> phases_ms;    // in order; empty: none measured
};

[[nodiscard]] std::string to_json_line(const HistoryRecord& record);  // without the newline
[[nodiscard]] Result<HistoryRecord> history_from_json_line(const std::string& line);

}  // namespace redvip::daemon

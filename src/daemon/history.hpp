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
  // In bytes of replication stream; absent: not known, or nothing to tell.
  std::optional<std::int64_t> at_most_lost{};  // of a master that died before it was replaced
  std::optional<std::int64_t> diverged{};      // that only the loser had
  std::string saved_in{};                      // where they were saved; empty: nowhere
  std::string by{};                            // who asked for it; empty: nobody did
  std::string kind{};                          // name(Motive) in core/action.hpp
};

[[nodiscard]] std::string to_json_line(const HistoryRecord& record);  // without the newline
[[nodiscard]] Result<HistoryRecord> history_from_json_line(const std::string& line);

}  // namespace redvip::daemon

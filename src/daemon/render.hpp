// Status and history as text for a person. Pure: whether a terminal takes colour is the caller's to
// know.
#pragma once

#include <string>
#include <vector>

#include "daemon/history.hpp"
#include "daemon/status.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

enum class Colour { never, always };

// One screen: per service a headline, all its nodes side by side, and whether it could fail over
// now. Says so when the status is stale at `now`. Ends with a newline.
[[nodiscard]] std::string render_status(const DaemonStatus& status, WallTime now,
                                        Colour colour = Colour::never);

// The same of one service.
[[nodiscard]] std::string render_service(const ServiceStatus& service, WallTime now,
                                         Colour colour = Colour::never);

// One line, without the newline: time, node, service, from -> to, cause, phases, what was lost or
// saved, who asked.
[[nodiscard]] std::string render_history(const HistoryRecord& record);

// Columns as wide as their widest cell, two blanks apart; `right` names the right-aligned ones.
[[nodiscard]] std::string render_table(const std::vector<std::vector<std::string>>& rows,
                                       const std::vector<bool>& right);

// "3 d 4 h", "2 h 10 min", "45 s": the two largest units that matter.
[[nodiscard]] std::string age_text(Millis age);
// Of a time as the files write it; empty where it is none.
[[nodiscard]] std::string age_since(const std::string& iso_8601, WallTime now);

// "0 B", "1.4 KiB", "20.0 MiB".
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

// 88120441 as 88,120,441.
[[nodiscard]] std::string thousands(std::int64_t number);

// Text from elsewhere made safe for a terminal: control characters become '?'.
[[nodiscard]] std::string printable(std::string text);

}  // namespace redvip::daemon

// The running daemon as the commands see it: its files and its signals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "daemon/history.hpp"
#include "daemon/status.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

[[nodiscard]] std::string history_path(const DaemonConfig& config);
[[nodiscard]] WallTime wall_time();

// A process that is certainly redvip, held by a pidfd: its number cannot become another's.
class DaemonProcess {
 public:
  // From redvip.pid in runtime_dir. Refused: no such file, no such process, or a stranger's.
  [[nodiscard]] static Result<DaemonProcess> find(const DaemonConfig& config);
  DaemonProcess(DaemonProcess&& other) noexcept;
  DaemonProcess& operator=(DaemonProcess&&) = delete;
  ~DaemonProcess();
  // As sigqueue(3) with that value (a vrid; 0: all services). Refused: EPERM.
  [[nodiscard]] Result<void> signal(int number, int value) const;

 private:
  explicit DaemonProcess(int pidfd) : pidfd_{pidfd} {}
  int pidfd_;
};

struct RunningDaemon {
  std::optional<DaemonStatus> status;  // what it wrote last
  std::string text;                    // the same, as written
  std::string trouble;                 // why there is no status, or no living daemon behind it
};

[[nodiscard]] RunningDaemon running_daemon(const DaemonConfig& config);

// The last `count` of a file's records, oldest first, without reading all of a long file.
[[nodiscard]] std::vector<HistoryRecord> latest_history(const DaemonConfig& config,
                                                        std::size_t count);

// The records appended to history.jsonl since the object was made.
class NewHistory {
 public:
  explicit NewHistory(const DaemonConfig& config);
  [[nodiscard]] std::vector<HistoryRecord> read() const;  // all of them, each time

 private:
  std::string path_;
  std::uintmax_t from_ = 0;  // bytes
};

}  // namespace redvip::daemon

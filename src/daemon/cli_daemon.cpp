#include "daemon/cli_daemon.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "daemon/files.hpp"

namespace redvip::daemon {

namespace {

std::string read_text(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::string history_path(const DaemonConfig& config) {
  return config.state_dir + "/history.jsonl";
}

WallTime wall_time() {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

Result<DaemonProcess> DaemonProcess::find(const DaemonConfig& config) {
  const auto path = config.runtime_dir + "/redvip.pid";
  if (::access(path.c_str(), R_OK) != 0 && errno != ENOENT) {
    return failure(cannot_be_read(errno), path);
  }
  auto text = read_text(path);
  text.erase(text.find_last_not_of(" \n") + 1);
  const auto pid = parse_integer(text);
  if (!pid || *pid <= 0) return failure("the daemon is not running", path);
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(*pid), 0));
  if (pidfd < 0) return failure("the daemon is not running: no process " + text, path);
  DaemonProcess process{pidfd};
  // The name is read after the pidfd was opened: if it is redvip's, so is the pidfd.
  if (read_text("/proc/" + text + "/comm") != "redvip\n") {
    return failure("the daemon is not running: process " + text + " is not redvip", path);
  }
  return process;
}

DaemonProcess::DaemonProcess(DaemonProcess&& other) noexcept
    : pidfd_{std::exchange(other.pidfd_, -1)} {}

DaemonProcess::~DaemonProcess() {
  if (pidfd_ >= 0) close(pidfd_);
}

Result<void> DaemonProcess::signal(int number, int value) const {
  siginfo_t info{};
  info.si_signo = number;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = value;
  if (syscall(SYS_pidfd_send_signal, pidfd_, number, &info, 0) == 0) return {};
  if (errno == EPERM) return failure("not allowed to signal the daemon; run as root");
  return failure(std::string{"the daemon cannot be signalled: "} + std::strerror(errno));
}

RunningDaemon running_daemon(const DaemonConfig& config) {
  RunningDaemon running;
  const auto path = config.runtime_dir + "/status.json";
  const auto process = DaemonProcess::find(config);
  if (!process) running.trouble = process.error().text();
  running.text = read_text(path);
  if (running.text.empty()) {
    if (process) running.trouble = path + ": cannot be read; the daemon may be starting";
    return running;
  }
  auto status = status_from_json(running.text);
  if (status) {
    running.status = *std::move(status);
  } else {
    running.trouble = path + ": " + status.error().message;
  }
  return running;
}

std::vector<HistoryRecord> latest_history(const DaemonConfig& config, std::size_t count) {
  constexpr std::streamoff enough = 256 * 1024;  // a record has about 500 bytes
  std::ifstream file{history_path(config), std::ios::ate};
  const std::streamoff size = file ? std::streamoff{file.tellg()} : 0;
  file.seekg(std::max<std::streamoff>(0, size - enough));
  std::vector<HistoryRecord> records;
  for (std::string line; std::getline(file, line);) {  // the first may be a part of one: no record
    if (auto record = history_from_json_line(line)) records.push_back(*std::move(record));
  }
  if (records.size() > count)
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(count));
  return records;
}

NewHistory::NewHistory(const DaemonConfig& config) : path_{history_path(config)} {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path_, missing);
  if (!missing) from_ = size;
}

std::vector<HistoryRecord> NewHistory::read() const {
  std::ifstream file{path_};
  file.seekg(static_cast<std::streamoff>(from_));
  std::vector<HistoryRecord> records;
  for (std::string line; std::getline(file, line);) {
    if (auto record = history_from_json_line(line)) records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace redvip::daemon

// A program on a host of the lab, ended by its pid and never outliving the lab.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/network.hpp"

namespace redvip::lab {

// A directory below /tmp that goes away with this object; one whose process died hard is removed by
// the next. REDVIP_LAB_KEEP=1 in the environment keeps it, with every log, as kept-<its name>.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Process {
 public:
  // argv[0] is searched in PATH; both outputs are appended to `log`. Throws LabError.
  Process(const NetworkNamespace& where, std::vector<std::string> argv, std::filesystem::path log);
  ~Process();  // end()
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number);
  [[nodiscard]] bool running();
  // Exit status, 128 + signal when killed by one. nullopt: still running after that long.
  std::optional<int> wait(std::chrono::milliseconds at_most);
  void end();  // SIGTERM, at most 5 s of patience, then SIGKILL

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string log() const;

 private:
  std::filesystem::path log_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// keepalived with `folder`/keepalived.conf, which must be there; its log is `folder`/daemon.log.
[[nodiscard]] std::unique_ptr<Process> run_keepalived(const NetworkNamespace& where,
                                                      const std::filesystem::path& folder);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);  // empty when there is none
void write_file(const std::filesystem::path& path, const std::string& text,
                bool executable = false);

}  // namespace redvip::lab

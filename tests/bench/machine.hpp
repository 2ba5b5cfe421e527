// What the machine does while we measure: how much of it is ours and how much somebody else's, and
// what it is. From /proc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace redvip::bench {

// In cores: 1.0 is one of them all the time.
struct MachineUse {
  double ours = 0;     // the bench, its servers and its clients
  double foreign = 0;  // all other processes
  double stolen = 0;   // by the hypervisor
  // So much was foreign or stolen that the figures of the run are doubtful.
  [[nodiscard]] bool disturbed() const { return foreign + stolen > disturbing; }
  static constexpr double disturbing = 0.15;
};

// From the construction to taken(). Ours are the descendants of a process, and it.
class UseMeter {
 public:
  explicit UseMeter(pid_t root);
  [[nodiscard]] MachineUse taken() const;

 private:
  struct Reading {
    std::chrono::steady_clock::time_point at;
    double busy = 0;    // CPU seconds in processes
    double stolen = 0;  // CPU seconds
    double ours = 0;    // CPU seconds
  };
  [[nodiscard]] Reading read() const;

  pid_t root_;
  Reading begin_;
};

// User and system time, in CPU seconds, of the process and of the children that it waited for.
[[nodiscard]] double cpu_seconds(pid_t pid);
// The same of the process and everything that descends from it.
[[nodiscard]] double tree_cpu_seconds(pid_t root);
// In MB (10^6). What processes share counts in full for each in `rss`, and is divided among them in
// `pss`: that can be summed.
struct Memory {
  double rss = 0;
  double pss = 0;
};
[[nodiscard]] Memory memory(pid_t pid);
[[nodiscard]] std::vector<pid_t> descendants(pid_t root);  // with root itself, first

// "2 cores, Intel(R) ..., 23.5 GB, Linux 6.1.0, Debian GNU/Linux 12 (bookworm)"
[[nodiscard]] std::string machine_description();
// "redvip 0.1.0, keepalived 2.2.7, Redis 7.0.15": each as its program says.
struct Versions {
  std::string redvip;
  std::string keepalived;
  std::string redis;
};
[[nodiscard]] Versions versions();
[[nodiscard]] std::string utc_minute();  // "2026-11-22 22:20 UTC"

}  // namespace redvip::bench

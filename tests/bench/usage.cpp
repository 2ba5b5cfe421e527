#include "bench/usage.hpp"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "bench/await.hpp"

namespace redvip::bench {
namespace {

using namespace std::chrono_literals;

// What has been used up to a moment; of a daemon with all its processes and scripts.
struct Count {
  double cpu = 0;        // seconds
  double switches = 0;   // of the daemon's own processes
  double packets = 0;    // in and out of the host
  double redis_cpu = 0;  // seconds
};

struct MemoryOfTree {
  Memory all{};
  double scripts = 0;  // PSS in MB
};

// proc(5): both kinds of context switches, of every thread.
double context_switches(pid_t pid) {
  double sum = 0;
  std::error_code gone;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator{tasks, gone}) {
    std::ifstream status{task.path() / "status"};
    for (std::string line; std::getline(status, line);) {
      if (line.find("ctxt_switches:") == std::string::npos) continue;
      sum += std::atof(line.substr(line.find(':') + 1).c_str());
    }
  }
  return sum;
}

// Of eth0, both ways: in the namespace of the calling thread.
double packets_of(const lab::Host& host) {
  const lab::Inside here{host.net};
  std::ifstream devices{"/proc/thread-self/net/dev"};
  for (std::string line; std::getline(devices, line);) {
    const std::size_t colon = line.find("eth0:");
    if (colon == std::string::npos) continue;
    std::istringstream numbers{line.substr(colon + 5)};
    std::vector<double> fields;
    for (double field = 0; numbers >> field;) fields.push_back(field);
    return fields.size() > 9 ? fields[1] + fields[9] : 0;
  }
  return 0;
}

std::string command_name(pid_t pid) {
  return lab::read_file("/proc/" + std::to_string(pid) + "/comm");
}

Count count(const Fleet::Member& member) {
  Count now;
  now.packets = packets_of(member.host);
  for (const auto& redis : member.redis) now.redis_cpu += cpu_seconds(redis->pid());
  if (!member.daemon) return now;
  const auto daemon = command_name(member.daemon->pid());
  for (const pid_t pid : descendants(member.daemon->pid())) {
    now.cpu += cpu_seconds(pid);
    if (command_name(pid) == daemon) now.switches += context_switches(pid);
  }
  return now;
}

// What has another name than the daemon is a script, or what that runs.
MemoryOfTree memory_of(const Fleet::Member& member) {
  MemoryOfTree sum;
  if (!member.daemon) return sum;
  const auto daemon = command_name(member.daemon->pid());
  for (const pid_t pid : descendants(member.daemon->pid())) {
    const bool script = command_name(pid) != daemon;
    const Memory one = memory(pid);
    sum.all.rss += one.rss;
    sum.all.pss += one.pss;
    if (script) sum.scripts += one.pss;
  }
  return sum;
}

// Scripts come and go: the mean of many looks, which do not keep step with them. A look at hundreds
// of scripts takes longer than one at none, and counts for as long as it took.
std::array<MemoryOfTree, 2> mean_memory(const Fleet& fleet, std::chrono::seconds span) {
  constexpr auto between = 110ms;
  std::array<MemoryOfTree, 2> mean{};
  double seconds = 0;
  for (const auto end = Clock::now() + span; Clock::now() < end;) {
    const auto began = Clock::now();
    const std::array now{memory_of(fleet.a), memory_of(fleet.b)};
    std::this_thread::sleep_for(between);
    const double took = std::chrono::duration<double>(Clock::now() - began).count();
    seconds += took;
    for (std::size_t host = 0; host < mean.size(); ++host) {
      mean[host].all.rss += now[host].all.rss * took;
      mean[host].all.pss += now[host].all.pss * took;
      mean[host].scripts += now[host].scripts * took;
    }
  }
  for (MemoryOfTree& each : mean) {
    each = {{each.all.rss / seconds, each.all.pss / seconds}, each.scripts / seconds};
  }
  return mean;
}

}  // namespace

std::vector<Usage> watch(const Fleet& fleet, bool busy, int seconds) {
  const UseMeter meter{::getpid()};
  const auto began = Clock::now();
  const std::vector<Count> before{count(fleet.a), count(fleet.b)};
  const auto memory = mean_memory(fleet, std::chrono::seconds{seconds});
  const std::vector<Count> after{count(fleet.a), count(fleet.b)};
  const double span = std::chrono::duration<double>(Clock::now() - began).count();
  const MachineUse machine = meter.taken();
  std::vector<Usage> usage;
  for (std::size_t host = 0; host < 2; ++host) {
    usage.push_back({to_text(fleet.options.manager), host == 0 ? "owner" : "standby",
                     fleet.options.services, busy,
                     100 * (after[host].cpu - before[host].cpu) / span,
                     100 * (after[host].redis_cpu - before[host].redis_cpu) / span,
                     (after[host].switches - before[host].switches) / span,
                     (after[host].packets - before[host].packets) / span, memory[host].all,
                     memory[host].scripts, static_cast<double>(fleet.check_seconds()), machine});
  }
  return usage;
}

// One after the other, as many as make the ends of the measurement unimportant.
CheckCost cost_of_a_check() {
  constexpr int checks = 300;
  const Fleet fleet{{.manager = FleetManager::nobody}};
  const auto ended = fleet.workspace.path() / "checks-ended";
  const auto script =
      fmt::format("for i in $(seq {}); do '{}' {} || exit; done; : > '{}'; sleep 60", checks,
                  fleet.write_check(fleet.a).string(), Fleet::port(0), ended.string());
  lab::Process all{fleet.a.host.net, {"/bin/sh", "-c", script}, fleet.a.folder / "checks.log"};
  const auto began = Clock::now();
  double pss = 0;
  int looks = 0;
  while (all.running() && !std::filesystem::exists(ended)) {
    for (const pid_t pid : descendants(all.pid())) {
      if (pid != all.pid()) pss += memory(pid).pss;
    }
    ++looks;
    std::this_thread::sleep_for(13ms);  // does not keep step with them
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  if (!all.running()) throw lab::LabError{"a check fails:\n" + all.log()};
  return {seconds / checks, cpu_seconds(all.pid()) / checks, pss / looks};
}

}  // namespace redvip::bench

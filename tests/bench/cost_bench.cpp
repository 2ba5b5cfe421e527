// What it costs to look after many services: the daemons' own use, and what their questions cost
// Redis.
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <sstream>

#include "bench/benches.hpp"
#include "bench/fleet.hpp"
#include "bench/json.hpp"
#include "bench/machine.hpp"
#include "bench/measure.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// What has been used up to a moment; of a daemon with all its processes and scripts.
struct Count {
  double cpu = 0;        // seconds
  double switches = 0;   // of processes that are alive
  double packets = 0;    // in and out of the host
  double redis_cpu = 0;  // seconds
};

struct Usage {
  std::string system;
  std::string host;  // "owner" or "standby"
  int services = 0;
  bool busy = false;
  double cpu_percent = 0;    // of a core
  double redis_percent = 0;  // of a core, of all Redis servers of the host
  double switches = 0;       // per second
  double packets = 0;        // per second
  Memory memory{};
  double scripts = 0;        // of memory.pss: those that happened to run
  double check_seconds = 0;  // between two checks of a service by a script
  MachineUse machine{};

  // Had every service been checked each second, as set: the scripts of one check take as much.
  [[nodiscard]] double pss_with_all_checks() const {
    return memory.pss + scripts * std::max(check_seconds - 1, 0.0);
  }
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

Count count(const Fleet::Member& member) {
  Count now;
  now.packets = packets_of(member.host);
  for (const auto& redis : member.redis) now.redis_cpu += cpu_seconds(redis->pid());
  if (!member.daemon) return now;
  for (const pid_t pid : descendants(member.daemon->pid())) {
    now.cpu += cpu_seconds(pid);
    now.switches += context_switches(pid);
  }
  return now;
}

std::string command_name(pid_t pid) {
  return lab::read_file("/proc/" + std::to_string(pid) + "/comm");
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

// About as many writes in all, however many services there are.
constexpr int busy_writes = 1000;  // per second

// With 255 instances at 100 ms keepalived's two daemons, which are real-time, take both cores of
// this machine, and nothing else gets on. What they have in memory does not depend on it.
constexpr int most_at_100_ms = 100;
std::chrono::milliseconds advert_interval(FleetManager manager, int services) {
  return manager == FleetManager::keepalived && services > most_at_100_ms ? 1000ms : 100ms;
}

std::vector<Usage> measure(FleetManager manager, int services, int seconds, std::string& remarks) {
  Fleet fleet{{.manager = manager,
               .services = services,
               .advert_interval = advert_interval(manager, services)}};
  if (fleet.put_right() > 0) {
    remarks += fmt::format(
        " keepalived's scripts of BACKUP and MASTER ran in the wrong order for {} of {} services "
        "at the start; the bench gave their Redis its role.",
        fleet.put_right(), services);
  }
  const int period = fleet.check_seconds();
  seconds = (seconds + period - 1) / period * period;  // as many checks in each measurement
  std::this_thread::sleep_for(3s);
  auto usage = watch(fleet, false, seconds);
  if (manager == FleetManager::nobody) return usage;
  const auto clients = fleet.write(std::chrono::microseconds{1'000'000 / busy_writes * services});
  std::this_thread::sleep_for(2s);
  for (auto& busy : watch(fleet, true, seconds)) usage.push_back(std::move(busy));
  return usage;
}

std::vector<std::string> row(const Usage& usage) {
  return {std::to_string(usage.services),
          usage.system,
          usage.host,
          usage.busy ? "busy" : "idle",
          fmt::format("{:.2f} %", usage.cpu_percent),
          fmt::format("{:.3f} %", usage.cpu_percent / usage.services),
          fmt::format("{:.1f} %", usage.redis_percent),
          grouped(usage.switches),
          grouped(usage.packets),
          fmt::format("{:.1f} MB", usage.memory.pss),
          fmt::format("{:.2f} MB", usage.memory.pss / usage.services),
          usage.scripts > 0 ? fmt::format("{:.1f} MB", usage.pss_with_all_checks()) : "",
          fmt::format("{:.1f} MB", usage.memory.rss)};
}

json::object object_of(const Usage& usage) {
  return {{"services", usage.services},
          {"system", usage.system},
          {"host", usage.host},
          {"busy", usage.busy},
          {"cpu_percent_of_a_core", usage.cpu_percent},
          {"redis_percent_of_a_core", usage.redis_percent},
          {"context_switches_per_second", usage.switches},
          {"packets_per_second", usage.packets},
          {"pss_mb", usage.memory.pss},
          {"pss_mb_of_scripts", usage.scripts},
          {"rss_mb", usage.memory.rss},
          {"machine", to_object(usage.machine)}};
}

const Usage* find(const std::vector<Usage>& all, FleetManager manager, const std::string& host,
                  int services) {
  for (const Usage& usage : all) {
    if (usage.system == to_text(manager) && usage.host == host && usage.services == services &&
        !usage.busy) {
      return &usage;
    }
  }
  return nullptr;
}

// Where one of the two did not settle with the most services, the most that both did tell.
std::vector<Goal> judge(const std::vector<Usage>& all) {
  int fewest = 0;
  int most = 0;
  int checked = 0;  // each second, as is set: the most that this machine bears
  for (const Usage& usage : all) {
    if (!find(all, FleetManager::redvip, "owner", usage.services) ||
        !find(all, FleetManager::keepalived, "owner", usage.services)) {
      continue;
    }
    fewest = fewest == 0 ? usage.services : std::min(fewest, usage.services);
    most = std::max(most, usage.services);
    if (usage.check_seconds <= 1) checked = std::max(checked, usage.services);
  }
  std::vector<Goal> goals;
  const auto compare = [&](int services, auto goal) {
    for (const char* host : {"owner", "standby"}) {
      const auto* ours = find(all, FleetManager::redvip, host, services);
      const auto* theirs = find(all, FleetManager::keepalived, host, services);
      if (ours && theirs) goals.push_back(goal(host, *ours, *theirs));
    }
  };
  compare(fewest, [&](const char* host, const Usage& ours, const Usage& theirs) -> Goal {
    return {fmt::format("idle CPU of {} no more than keepalived's with its check script, {}",
                        fewest == 1 ? "1 service" : fmt::format("{} services", fewest), host),
            fmt::format("{:.2f} % to {:.2f} % of a core", ours.cpu_percent, theirs.cpu_percent),
            ours.cpu_percent <= theirs.cpu_percent};
  });
  compare(checked, [&](const char* host, const Usage& ours, const Usage& theirs) -> Goal {
    return {
        fmt::format("memory at {} services below keepalived's with its scripts, {}", checked, host),
        fmt::format("{:.1f} MB to {:.1f} MB", ours.memory.pss, theirs.memory.pss),
        ours.memory.pss < theirs.memory.pss};
  });
  compare(most, [&](const char* host, const Usage& ours, const Usage& theirs) -> Goal {
    const double all_checks = theirs.pss_with_all_checks();
    return {
        fmt::format("memory at {} services below keepalived's with a check of each a second, {}",
                    most, host),
        fmt::format("{:.1f} MB to {:.1f} MB ({:.1f} measured, with 10 checks a second)",
                    ours.memory.pss, all_checks, theirs.memory.pss),
        ours.memory.pss < all_checks};
  });
  return goals;
}

void write_cost(const BenchOptions& options, const std::vector<Usage>& all, int seconds,
                const std::string& remarks) {
  Table table{
      "What the daemons of a host use",
      fmt::format(
          "Over {} s or more each. A daemon is counted with all its processes and the scripts "
          "that it ran, but the context switches of scripts, which have ended by then. "
          "Busy: about {} writes a second over all services. Redis with {} MB of "
          "maxmemory, no persistence, hz 1; redvip and keepalived with an advert each "
          "100 ms (keepalived with more than {} services: each second, for its CPU's sake), redvip "
          "asks both Redis servers as often as it does by itself (each 100 ms, 200 "
          "ms with 100 services, 600 ms with 255; more than 10 have a down_after of {} s), "
          "keepalived's scripts their own each second, but no more than 10 of them a second on "
          "each host: each 10 s with 100 services, each 26 s with 255, which spares keepalived the "
          "rest. With a check each second: what the scripts had of it, times the seconds between "
          "two checks of a service here. Both hosts are on one machine.{}",
          seconds, busy_writes, 2, most_at_100_ms, Fleet::patience.count(), remarks),
      {"services", "system", "host", "load", "CPU", "per service", "Redis' CPU", "switches/s",
       "packets/s", "memory (PSS)", "per service", "with a check each second", "RSS"},
      {}};
  json::array raw;
  for (const Usage& usage : all) {
    table.rows.push_back(row(usage));
    raw.push_back(object_of(usage));
  }
  write_bench(options, "cost", {table}, judge(all), std::move(raw));
}

}  // namespace

// What there is is written after each of them: a machine may not bear the last.
void cost_bench(const BenchOptions& options, const std::vector<int>& services, int seconds) {
  std::vector<Usage> all;
  std::string remarks;
  for (const int count : services) {
    for (const auto manager :
         {FleetManager::nobody, FleetManager::redvip, FleetManager::keepalived}) {
      std::cerr << count << " services: " << to_text(manager) << "\n";
      try {
        for (auto& usage : measure(manager, count, seconds, remarks))
          all.push_back(std::move(usage));
      } catch (const lab::LabError& error) {
        std::cerr << error.what() << "\n";
        remarks += fmt::format(" {} did not settle with {} services.", to_text(manager), count);
      }
      if (!all.empty()) write_cost(options, all, seconds, remarks);
    }
  }
}

}  // namespace redvip::bench

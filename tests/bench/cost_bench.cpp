// What it costs to look after many services: the daemons' own use, and what their questions cost
// Redis.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>

#include "bench/benches.hpp"
#include "bench/fleet.hpp"
#include "bench/json.hpp"
#include "bench/results.hpp"
#include "bench/usage.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

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

std::vector<std::string> row(const Usage& usage, const CheckCost& check) {
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
          usage.system == to_text(FleetManager::keepalived)
              ? fmt::format("{:.1f} MB", usage.pss_with_all_checks(check))
              : "",
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
std::vector<Goal> judge(const std::vector<Usage>& all, const CheckCost& check) {
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
    const double all_checks = theirs.pss_with_all_checks(check);
    return {
        fmt::format("memory at {} services below keepalived's with a check of each a second, {}",
                    most, host),
        fmt::format("{:.1f} MB to {:.1f} MB, which is calculated ({:.1f} with 10 checks a second)",
                    ours.memory.pss, all_checks, theirs.memory.pss),
        ours.memory.pss < all_checks};
  });
  return goals;
}

Table table_of(const CheckCost& check) {
  return {
      "A check of keepalived that has the machine for itself",
      "The mean of hundreds, one after the other: sh, redis-cli and the sh between them.",
      {"takes", "CPU", "memory while it runs (PSS)", "of 255 a second: CPU", "memory"},
      {{fmt::format("{:.1f} ms", 1000 * check.seconds), fmt::format("{:.1f} ms", 1000 * check.cpu),
        fmt::format("{:.1f} MB", check.pss), fmt::format("{:.1f} cores", 255 * check.cpu),
        fmt::format("{:.1f} MB", check.pss_of(255))}}};
}

void write_cost(const BenchOptions& options, const std::vector<Usage>& all, const CheckCost& check,
                int seconds, const std::string& remarks) {
  Table table{
      "What the daemons of a host use",
      fmt::format(
          "Over {} s or more each. A daemon is counted with all its processes and the scripts "
          "that it ran, but the context switches of scripts. "
          "Busy: about {} writes a second over all services. Redis with {} MB of "
          "maxmemory, no persistence, hz 1; redvip and keepalived with an advert each "
          "100 ms (keepalived with more than {} services: each second, for its CPU's sake), redvip "
          "asks both Redis servers as often as it does by itself (each 100 ms, 200 "
          "ms with 100 services, 600 ms with 255; more than 10 have a down_after of {} s), "
          "keepalived's scripts their own each second, but no more than 10 of them a second on "
          "each host: each 10 s with 100 services, each 26 s with 255, which spares keepalived the "
          "rest. With a check each second: calculated, where there were fewer, from a check that "
          "has the machine for itself (the table below). Both hosts are on one machine.{}",
          seconds, busy_writes, 2, most_at_100_ms, Fleet::patience.count(), remarks),
      {"services", "system", "host", "load", "CPU", "per service", "Redis' CPU", "switches/s",
       "packets/s", "memory (PSS)", "per service", "with a check each second", "RSS"},
      {}};
  json::array raw;
  for (const Usage& usage : all) {
    table.rows.push_back(row(usage, check));
    raw.push_back(object_of(usage));
  }
  raw.push_back(json::object{{"check_seconds", check.seconds},
                             {"check_cpu_seconds", check.cpu},
                             {"check_pss_mb", check.pss}});
  write_bench(options, "cost", {table, table_of(check)}, judge(all, check), std::move(raw));
}

}  // namespace

// What there is is written after each of them: a machine may not bear the last.
void cost_bench(const BenchOptions& options, const std::vector<int>& services, int seconds) {
  std::vector<Usage> all;
  std::string remarks;
  const CheckCost check = cost_of_a_check();
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
      if (!all.empty()) write_cost(options, all, check, seconds, remarks);
    }
  }
}

}  // namespace redvip::bench

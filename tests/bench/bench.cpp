// redvip_bench [RUNS]: how long clients cannot write, measured by a client, fault by fault; for a
// killed Redis next to keepalived with the classic scripts, run by run in turn. Needs root.
//
// Fails (1) when a write is lost or when redvip's median for a killed Redis is more than a
// twentieth of keepalived's; absolute times are only printed, because they depend on the machine.
//
// redvip_bench data [RUNS]: how many acknowledged writes are lost, fault by fault; fails (1) when
// redvip loses one that could have been kept.
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "bench/data_bench.hpp"
#include "lab/fault.hpp"

namespace {

using namespace redvip::lab;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr double demanded_ratio = 20;

struct Series {
  std::string name;
  std::vector<double> gaps_ms{};
  std::size_t acknowledged = 0;
  std::size_t lost = 0;

  [[nodiscard]] double median() const {
    std::vector<double> sorted = gaps_ms;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

// A fresh lab for each run. `phase` is where in keepalived's one-second check period the fault
// strikes: spread evenly over the runs, so that neither luck nor habit decides its median.
void run_once(Manager manager, const Fault& fault, std::chrono::milliseconds phase,
              Series& series) {
  Lab lab{{.manager = manager, .realtime = true}};
  lab.start();
  Writer& writer = lab.write(fault.patience);
  Node& owner = lab.owner();
  Node& standby = lab.other(owner);
  std::this_thread::sleep_for(phase);
  const auto struck = Clock::now();
  fault.strike(lab, owner);
  const auto served_again = [&] { return standby.serves(); };
  if (!eventually(served_again)) throw LabError{fault.name + ": nobody serves\n" + lab.describe()};
  const std::size_t before = writer.acknowledged();
  if (!eventually([&] { return writer.acknowledged() > before + 300; })) {
    throw LabError{fault.name + ": no writes\n" + lab.describe()};
  }
  series.gaps_ms.push_back(Milliseconds{writer.outage(struck)}.count());
  series.lost += lab.lost(standby);
  series.acknowledged += writer.acknowledged();
}

void print(const Series& series) {
  const auto [low, high] = std::minmax_element(series.gaps_ms.begin(), series.gaps_ms.end());
  std::cout << fmt::format("{:<38}{:>10.1f}{:>10.1f}{:>10.1f}{:>10}{:>7}\n", series.name,
                           series.median(), *low, *high, series.acknowledged, series.lost)
            << std::flush;
}

// The same fault for both, in turn, so that both meet the same machine.
bool compare(int runs) {
  Series redvip{"Redis killed, redvip"};
  Series keepalived{"Redis killed, keepalived + scripts"};
  for (int i = 0; i < runs; ++i) {
    const std::chrono::milliseconds phase{(2 * i + 1) * 1000 / (2 * runs)};
    run_once(Manager::redvip, redis_killed(), phase, redvip);
    run_once(Manager::keepalived, redis_killed(), phase, keepalived);
  }
  print(keepalived);
  print(redvip);
  const double ratio = keepalived.median() / redvip.median();
  std::cout << fmt::format("  redvip is {:.0f} times faster (demanded: {:.0f})\n", ratio,
                           demanded_ratio);
  return ratio >= demanded_ratio && redvip.lost == 0;
}

struct Usage {
  double cpu_seconds = 0;
  double resident_mb = 0;
};

Usage usage(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/";
  std::istringstream stat{read_file(folder + "stat")};
  std::string word;
  double ticks = 0;
  // proc(5): the 14th and 15th word are user and system time; our program name has no blanks.
  for (int field = 1; stat >> word && field <= 15; ++field) {
    if (field >= 14) ticks += std::stod(word);
  }
  std::istringstream statm{read_file(folder + "statm")};
  double pages = 0;
  statm >> pages >> pages;
  return {ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)),
          pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6};
}

void print_idle_cost() {
  Lab lab{{.realtime = true}};
  lab.start();
  constexpr std::chrono::seconds span{5};
  for (Node* node : {&lab.owner(), &lab.other(lab.owner())}) {
    const Usage before = usage(node->daemon->pid());
    std::this_thread::sleep_for(span);
    const Usage after = usage(node->daemon->pid());
    std::cout << fmt::format("idle {:<8} {:.2f} % of a core, {:.1f} MB resident\n",
                             node->holds_vip() ? "owner" : "standby",
                             100 * (after.cpu_seconds - before.cpu_seconds) / span.count(),
                             after.resident_mb);
  }
}

int bench(int runs) {
  std::cout << fmt::format(
      "longest time without an acknowledged write, ms, {} runs each\n\n{:<38}"
      "{:>10}{:>10}{:>10}{:>10}{:>7}\n",
      runs, "", "median", "min", "max", "writes", "lost");
  bool good = compare(runs);
  for (const Fault& fault :
       {redis_frozen(), host_cut_off(), impatient(host_cut_off()), carrier_lost(),
        impatient(carrier_lost()), planned_switchover(), daemon_killed()}) {
    Series series{fault.name + ", redvip"};
    for (int i = 0; i < runs; ++i) {
      run_once(Manager::redvip, fault, std::chrono::milliseconds{100}, series);
    }
    print(series);
    good = good && series.lost == 0;
  }
  print_idle_cost();
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool data = !words.empty() && words.front() == "data";
  if (data) words.erase(words.begin());
  const int runs = !words.empty() ? std::atoi(words.front().c_str()) : data ? 1 : 5;
  if (runs < 1 || words.size() > 1) {
    std::cerr << "usage: redvip_bench [data] [RUNS], a whole number of at least 1\n";
    return 6;
  }
  try {
    if (data) return data_bench(runs) ? 0 : 1;
    return bench(runs);
  } catch (const LabError& error) {
    std::cerr << "redvip_bench: " << error.what() << "\n";
    return 2;
  }
}

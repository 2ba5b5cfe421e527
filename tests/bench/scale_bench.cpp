// Whether the daemon's work for one service grows with the number of services: instructions counted
// by valgrind's callgrind, on the standby's host, at rest and while it takes over all of them.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include "bench/await.hpp"
#include "bench/benches.hpp"
#include "bench/fleet.hpp"
#include "bench/json.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// A program runs some fifty times slower under callgrind. These are so long that it still keeps up
// with 255 services; the work for one advert and one answer is the same whatever the interval is.
constexpr auto interval = 16s;
constexpr auto at_rest = 64s;
// Linear is linear; this leaves room for what is done once whatever the number of services.
constexpr double tolerated_growth = 1.3;
constexpr double worth_naming = 0.01;  // of all instructions

using Counts = std::map<std::string, double>;  // function -> instructions in itself

struct Counted {
  int services = 0;
  Counts rest{};
  Counts moving{};
};

struct Span {
  Counts all{};
  Counts loop{};  // of it, what the thread did that decides
  double seconds = 0;
};

// Without what would have been done in that time anyhow, which takes longer with many services. Of
// the loop: the thread that writes the status does less of it while there is no time.
Counts beyond(const Span& moving, const Span& rest) {
  Counts more;
  for (const auto& [function, count] : moving.loop) {
    const auto found = rest.loop.find(function);
    const double each_second = found == rest.loop.end() ? 0 : found->second / rest.seconds;
    const double anyhow = each_second * moving.seconds;
    more[function] = std::max(0.0, count - anyhow);
  }
  return more;
}

double total(const Counts& counts) {
  double sum = 0;
  for (const auto& [function, count] : counts) sum += count;
  return sum;
}

// "1,234,567 (12.34%)  file:function [object]", without the file, the object and the arguments.
Counts parse_annotation(const std::string& text) {
  Counts counts;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t open = line.find(" (");
    const std::size_t close = line.find("%)  ");
    const std::size_t colon = line.find(':', close);
    if (open == std::string::npos || close == std::string::npos || colon == std::string::npos)
      continue;
    if (line.find("PROGRAM TOTALS") != std::string::npos) continue;
    std::string digits = line.substr(0, open);
    std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
    std::string function = line.substr(colon + 1);
    function = function.substr(0, function.find(" ["));
    counts[function.substr(0, function.find('('))] += std::atof(digits.c_str());
  }
  return counts;
}

// Counts what the standby's daemon does during `work`.
template <class Work>
Span count(const Fleet& fleet, const std::string& name, Work work) {
  const pid_t pid = fleet.b.daemon->pid();
  const std::string files = (fleet.b.folder / "callgrind.out").string();
  lab::must(fmt::format("callgrind_control -z {0} && callgrind_control -i on {0}", pid));
  const auto began = Clock::now();
  work();
  lab::must(fmt::format("callgrind_control -i off {}", pid));
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  lab::must(fmt::format("callgrind_control -d {} {}", name, pid));
  Span span{.seconds = seconds};
  // One file for each thread: callgrind.out.PID.DUMP-THREAD, or callgrind.out.DUMP-THREAD.
  std::istringstream dumps{lab::run("ls " + files + ".*[0-9]-[0-9]*").output};
  for (std::string file; std::getline(dumps, file);) {
    const auto annotated = lab::run("callgrind_annotate --threshold=100 --auto=no " + file);
    const Counts counts = parse_annotation(annotated.output);
    if (file.ends_with("-01")) span.loop = counts;
    for (const auto& [function, instructions] : counts) span.all[function] += instructions;
    std::filesystem::remove(file);
  }
  if (span.loop.empty()) throw lab::LabError{"callgrind counted nothing: " + name};
  return span;
}

Counted count_for(int services) {
  Fleet fleet{{.manager = FleetManager::redvip,
               .services = services,
               .advert_interval = interval,
               .probe_interval = interval,
               .callgrind = true,
               .realtime = false}};
  std::this_thread::sleep_for(interval);
  Counted counted{services};
  std::cerr << services << " services: at rest\n";
  const auto rest = count(fleet, "rest", [] { std::this_thread::sleep_for(at_rest); });
  counted.rest = rest.all;
  std::cerr << services << " services: taking over\n";
  // Every owner says that it lets go, as when its Redis has crashed.
  const auto moving = count(fleet, "moving", [&] {
    for (const auto& redis : fleet.a.redis) redis->signal(SIGKILL);
    const bool all = await([&] { return fleet.vips_of(fleet.b) == services; }, 300s);
    if (!all)
      throw lab::LabError{
          fmt::format("only {} of {} services moved", fleet.vips_of(fleet.b), services)};
  });
  std::cerr << fmt::format("in {:.1f} s\n", moving.seconds);
  counted.moving = beyond(moving, rest);
  return counted;
}

// The functions that cost each service most more than with few services.
std::vector<std::string> growing(const Counts& few, double few_services, const Counts& many,
                                 double many_services) {
  std::vector<std::pair<double, std::string>> found;
  for (const auto& [function, count] : many) {
    const auto before = few.find(function);
    const double each_before = before == few.end() ? 0 : before->second / few_services;
    const double grown = count - each_before * many_services;
    if (grown > worth_naming * total(many)) found.emplace_back(grown / total(many), function);
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> names;
  for (const auto& [share, function] : found) {
    if (names.size() < 8) names.push_back(fmt::format("{} ({:.0f} %)", function, 100 * share));
  }
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : "; ") + word;
  return text;
}

struct Growth {
  const char* what;
  Counts Counted::*counts;
};

}  // namespace

void scale_bench(const BenchOptions& options, const std::vector<int>& services) {
  std::vector<Counted> all;
  for (const int count : services) all.push_back(count_for(count));
  std::vector<Table> tables;
  std::vector<Goal> goals;
  json::array raw;
  for (const Growth& growth :
       {Growth{"at rest", &Counted::rest}, Growth{"taking over all of them", &Counted::moving}}) {
    Table table{
        fmt::format("Instructions of the standby's daemon for each service, {}", growth.what),
        "",
        {"services", "instructions for each", "to those with the fewest services"},
        {}};
    const auto& few = all.front();
    const double first = total(few.*growth.counts) / few.services;
    double ratio = 1;
    for (const Counted& counted : all) {
      const double each = total(counted.*growth.counts) / counted.services;
      ratio = each / first;
      table.rows.push_back(
          {std::to_string(counted.services), grouped(each), fmt::format("{:.2f}", ratio)});
      raw.push_back(json::object{{"services", counted.services},
                                 {"what", growth.what},
                                 {"instructions", total(counted.*growth.counts)},
                                 {"functions", json::value_from(counted.*growth.counts)}});
    }
    const auto& many = all.back();
    const auto names =
        growing(few.*growth.counts, few.services, many.*growth.counts, many.services);
    if (growth.counts == &Counted::moving) {
      table.note = "Of the loop, without what it does at rest in as long a time. ";
    }
    if (!names.empty()) table.note += "What costs more for each service: " + joined(names) + ".";
    tables.push_back(table);
    goals.push_back({fmt::format("no more work for each service with {} than with {}, {}",
                                 many.services, few.services, growth.what),
                     fmt::format("{:.2f} times", ratio), ratio <= tolerated_growth});
  }
  write_bench(options, "scale", tables, goals, std::move(raw));
}

}  // namespace redvip::bench

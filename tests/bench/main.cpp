// redvip_bench: everything that is measured. `redvip_bench --help` says what there is. Needs root.
//
// Exit codes: 0 done, 1 a goal was missed, 2 the bench could not do its work, 6 wrong arguments.
#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/benches.hpp"
#include "bench/faults_bench.hpp"
#include "bench/report.hpp"
#include "lab/command.hpp"

namespace {

using namespace redvip::bench;

struct Arguments {
  std::filesystem::path out{};  // empty: where that command has it by itself
  FaultsOptions faults;
  OneRun one;
  int runs = 0;     // 0: as many as that bench does by itself
  int seconds = 0;  // the same
  std::vector<int> services{};
  std::vector<int> intervals{100, 10};
};

std::string words(int count, char** texts) {
  std::string all = "./dev bench";
  for (int i = 1; i < count; ++i) all += std::string{" "} + texts[i];
  return all;
}

void add_faults(CLI::App& app, Arguments& arguments) {
  auto* faults = app.add_subcommand("faults", "every system under every fault");
  faults->add_option("--systems", arguments.faults.systems, "only these")->delimiter(',');
  faults->add_option("--faults,--only", arguments.faults.faults, "only these")->delimiter(',');
  faults->add_option("--runs", arguments.faults.runs, "of each pair; those of before count")
      ->check(CLI::Range(1, 1000));
  faults->add_option("--minutes", arguments.faults.minutes, "none is begun later; 0: no limit");
  faults->add_option("--parallel", arguments.faults.parallel, "labs at a time")
      ->check(CLI::Range(1, 64));
  auto* one = app.add_subcommand("one", "one run; prints its JSON");
  one->add_option("--system", arguments.one.system)->required();
  one->add_option("--fault", arguments.one.fault)->required();
  one->add_option("--phase", arguments.one.phase_ms, "ms, in the checks' period");
  one->add_option("--root", arguments.one.root, "the process whose descendants are the bench");
  one->add_option("--lock", arguments.one.lock_file, "a file by which runs take turns");
}

void add_others(CLI::App& app, Arguments& arguments) {
  const auto runs = [&](CLI::App* bench) {
    bench->add_option("--runs", arguments.runs)->check(CLI::Range(1, 1000));
    return bench;
  };
  const auto services = [&](CLI::App* bench) {
    bench->add_option("--services", arguments.services, "how many, such as 1,10,100,255")
        ->delimiter(',')
        ->check(CLI::Range(1, 255));
    return bench;
  };
  runs(app.add_subcommand("phases", "where the time of a failover goes (10 runs)"));
  auto* cost = services(app.add_subcommand("cost", "CPU, packets and memory of many services"));
  cost->add_option("--seconds", arguments.seconds, "of each measurement (10)");
  auto* jitter = app.add_subcommand("jitter", "adverts with an idle and a busy machine");
  jitter->add_option("--seconds", arguments.seconds, "with every core busy (600); idle a tenth");
  jitter->add_option("--intervals", arguments.intervals, "ms (100,10)")->delimiter(',');
  runs(services(app.add_subcommand("mass", "all services move at once (3 runs)")));
  services(app.add_subcommand("scale", "instructions for each service, by callgrind"));
  runs(app.add_subcommand("drain", "what the drain guard saves (5 runs)"));
  app.add_subcommand("report", "tables and pictures from the results there are");
}

std::vector<int> services_or(const Arguments& arguments, std::vector<int> by_itself) {
  return arguments.services.empty() ? std::move(by_itself) : arguments.services;
}

int dispatch(const std::string& name, const Arguments& arguments, const std::string& command) {
  const BenchOptions options{arguments.out, command};
  const auto runs_or = [&](int by_itself) {
    return arguments.runs > 0 ? arguments.runs : by_itself;
  };
  const int seconds = arguments.seconds;
  bool good = true;
  if (name == "one") return one_run(arguments.one);
  if (name == "faults") good = faults_bench(arguments.faults);
  if (name == "phases") phases_bench(options, runs_or(10));
  if (name == "cost") {
    cost_bench(options, services_or(arguments, {1, 10, 100, 255}), seconds > 0 ? seconds : 10);
  }
  if (name == "jitter") {
    const int busy = seconds > 0 ? seconds : 600;
    jitter_bench(options, arguments.intervals, std::max(1, busy / 10), busy);
  }
  if (name == "mass") mass_bench(options, services_or(arguments, {10, 100, 255}), runs_or(3));
  if (name == "scale") scale_bench(options, services_or(arguments, {10, 100, 255}));
  if (name == "drain") {
    drain_bench(runs_or(5));
    return 0;
  }
  write_report(arguments.out);
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** texts) {
  CLI::App app{"redvip next to its peers, measured"};
  app.require_subcommand(1);
  Arguments arguments;
  app.add_option("--out", arguments.out,
                 "the folder of the results (build/bench; report: docs/benchmarks)");
  add_faults(app, arguments);
  add_others(app, arguments);
  try {
    app.parse(count, texts);
    const std::string name = app.get_subcommands().front()->get_name();
    if (arguments.out.empty()) arguments.out = name == "report" ? "docs/benchmarks" : "build/bench";
    arguments.faults.out = arguments.out;
    arguments.faults.command = words(count, texts);
    return dispatch(name, arguments, words(count, texts));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 6;
  } catch (const std::exception& error) {
    std::cerr << "redvip_bench: " << error.what() << "\n";
    return 2;
  }
}

// redvip_bench: everything that is measured. `redvip_bench --help` says what there is. Needs root.
//
// Exit codes: 0 done, 1 a goal was missed, 2 the bench could not do its work, 6 wrong arguments.
#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/faults_bench.hpp"
#include "bench/report.hpp"
#include "lab/command.hpp"

namespace {

using namespace redvip::bench;

struct Arguments {
  std::filesystem::path out = "build/bench";
  FaultsOptions faults;
  std::string system;
  std::string fault;
  int phase_ms = 1000;
  int root = 0;
};

std::string words(int count, char** texts) {
  std::string all = "./dev bench";
  for (int i = 1; i < count; ++i) all += std::string{" "} + texts[i];
  return all;
}

void add_faults(CLI::App& app, Arguments& arguments) {
  auto* faults = app.add_subcommand("faults", "every system under every fault");
  faults->add_option("--systems", arguments.faults.systems, "only these")->delimiter(',');
  faults->add_option("--faults", arguments.faults.faults, "only these")->delimiter(',');
  faults->add_option("--runs", arguments.faults.runs, "of each pair")->check(CLI::Range(1, 1000));
  faults->add_option("--parallel", arguments.faults.parallel, "labs at a time")
      ->check(CLI::Range(1, 64));
  auto* one = app.add_subcommand("one", "one run; prints its JSON");
  one->add_option("--system", arguments.system)->required();
  one->add_option("--fault", arguments.fault)->required();
  one->add_option("--phase", arguments.phase_ms, "ms, in the checks' period");
  one->add_option("--root", arguments.root, "the process whose descendants are the bench");
}

int dispatch(const CLI::App& app, Arguments& arguments) {
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "one") {
    return one_run(arguments.system, arguments.fault, arguments.phase_ms, arguments.root);
  }
  if (name == "report") {
    write_report(arguments.out);
    return 0;
  }
  const bool good = faults_bench(arguments.faults);
  write_report(arguments.out);
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** texts) {
  CLI::App app{"redvip next to its peers, measured"};
  app.require_subcommand(1);
  Arguments arguments;
  app.add_option("--out", arguments.out, "where the results go");
  add_faults(app, arguments);
  app.add_subcommand("report", "tables and pictures from the results in --out");
  try {
    app.parse(count, texts);
    arguments.faults.out = arguments.out;
    arguments.faults.command = words(count, texts);
    return dispatch(app, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 6;
  } catch (const std::exception& error) {
    std::cerr << "redvip_bench: " << error.what() << "\n";
    return 2;
  }
}

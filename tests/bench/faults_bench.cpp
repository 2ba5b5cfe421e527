#include "bench/faults_bench.hpp"

#include <spdlog/fmt/fmt.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>

#include "bench/json.hpp"
#include "bench/trial.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

// keepalived's checks have a period of 1 or 2 s, and Sentinel's of 1 s: the faults strike evenly
// spread over it, so that neither luck nor habit decides a median.
constexpr int phase_period_ms = 2000;
constexpr int attempts = 2;

struct Job {
  std::string system;
  std::string fault;
  int phase_ms;
  bool alone;
};

// Each run is a process of its own: nothing of one is left in the next, and a lab that breaks takes
// no other with it.
Run run_apart(const Job& job, const std::string& lock_file) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      fmt::format("exec '{}' one --system {} --fault {} --phase {} --root {} --lock '{}'", self,
                  job.system, job.fault, job.phase_ms, ::getpid(), lock_file);
  Run failed{.system = job.system, .fault = job.fault};
  failed.phase = job.phase_ms;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const lab::Outcome outcome = lab::run(command);
    const auto run = run_from_json(outcome.output);
    if (run && run->problem.empty()) return *run;
    failed.problem = run ? run->problem : run.error().text();
  }
  return failed;
}

// A, B, C, D, A, B ... of each fault, so that all meet the same machine.
std::vector<Job> jobs_of(const FaultsOptions& options) {
  std::vector<Job> jobs;
  for (int run = 0; run < options.runs; ++run) {
    const int phase = (2 * run + 1) * phase_period_ms / (2 * options.runs);
    for (const std::string& id : options.faults) {
      const Fault& fault = fault_by_id(id);
      for (const std::string& system : options.systems) {
        if (fault.not_for.count(system) == 0) jobs.push_back({system, id, phase, fault.alone});
      }
    }
  }
  // Those that want the machine for themselves go last, where they hold up nobody.
  std::stable_partition(jobs.begin(), jobs.end(), [](const Job& job) { return !job.alone; });
  return jobs;
}

std::string progress(const Run& run, std::size_t done, std::size_t all) {
  if (!run.problem.empty()) {
    return fmt::format("{:>4}/{}  {:<26}{:<20} no result: {}\n", done, all, run.fault, run.system,
                       run.problem);
  }
  return fmt::format("{:>4}/{}  {:<26}{:<20}{:>10.1f} ms  lost {:>6}{}{}\n", done, all, run.fault,
                     run.system, run.longest, run.lost, run.remark.empty() ? "" : "  " + run.remark,
                     run.machine.disturbed() ? "  (disturbed)" : "");
}

std::vector<Run> run_all(const FaultsOptions& options) {
  const auto jobs = jobs_of(options);
  const lab::Workspace workspace;
  const std::string lock_file = workspace.path() / "turn";
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // guards `runs` and the terminal
  std::vector<Run> runs;
  const auto work = [&] {
    for (std::size_t job = next++; job < jobs.size(); job = next++) {
      Run run = run_apart(jobs[job], lock_file);
      const std::lock_guard lock{mutex};
      runs.push_back(std::move(run));
      std::cerr << progress(runs.back(), runs.size(), jobs.size());
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < options.parallel; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  return runs;
}

json::object systems_object(const FaultsOptions& options, std::vector<Run>& runs) {
  json::object systems;
  for (const std::string& id : options.systems) {
    const SystemKind& kind = system_by_id(id);
    const auto any = std::find_if(runs.begin(), runs.end(), [&](const Run& run) {
      return run.system == id && !run.settings.empty();
    });
    json::object settings;
    if (any != runs.end()) settings = json::value_from(any->settings).as_object();
    systems[id] = json::object{{"title", kind.title}, {"what", kind.what}, {"settings", settings}};
  }
  for (Run& run : runs) run.settings.clear();  // once is enough
  return systems;
}

json::object faults_object(const FaultsOptions& options) {
  json::object faults;
  for (const std::string& id : options.faults) {
    const Fault& fault = fault_by_id(id);
    faults[id] = json::object{{"title", fault.title},
                              {"what", fault.what},
                              {"loss_is_physical", fault.loss_is_physical},
                              {"not_for", json::value_from(fault.not_for)}};
  }
  return faults;
}

}  // namespace

bool faults_bench(const FaultsOptions& wanted) {
  FaultsOptions options = wanted;
  if (options.systems.empty()) {
    for (const SystemKind& kind : all_systems()) options.systems.push_back(kind.id);
  }
  if (options.faults.empty()) {
    for (const Fault& fault : all_faults()) options.faults.push_back(fault.id);
  }
  json::object file = file_head("faults", options.command);
  std::vector<Run> runs = run_all(options);
  file["runs_each"] = options.runs;
  file["labs_at_a_time"] = options.parallel;
  file["systems"] = systems_object(options, runs);
  file["faults"] = faults_object(options);
  json::array list;
  for (const Run& run : runs) list.push_back(to_object(run));
  file["runs"] = std::move(list);
  write_json(options.out / "faults.json", file);
  return std::none_of(runs.begin(), runs.end(), [](const Run& run) {
    return run.system == "redvip" &&
           (!run.problem.empty() || (run.lost > 0 && !fault_by_id(run.fault).loss_is_physical));
  });
}

int one_run(const OneRun& wanted) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Run run = run_trial(system_by_id(wanted.system), fault_by_id(wanted.fault),
                            {std::chrono::milliseconds{wanted.phase_ms}, wanted.lock_file,
                             wanted.root == 0 ? ::getpid() : wanted.root});
  std::cout << to_json(run) << std::endl;
  return run.problem.empty() ? 0 : 1;
}

}  // namespace redvip::bench

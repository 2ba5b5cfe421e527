#include "bench/faults_bench.hpp"

#include <spdlog/fmt/fmt.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <iostream>
#include <mutex>
#include <thread>

#include "bench/json.hpp"
#include "bench/store.hpp"
#include "bench/trial.hpp"

namespace redvip::bench {
namespace {

constexpr int attempts = 2;

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

bool is_good(const Run& run) {
  if (run.system != "redvip") return true;
  return run.problem.empty() && (run.lost == 0 || fault_by_id(run.fault).loss_is_physical);
}

std::string progress(const Run& run, std::size_t done, std::size_t all) {
  if (!run.problem.empty()) {
    return fmt::format("{:>4}/{}  {:<26}{:<20} no result: {}\n", done, all, run.fault, run.system,
                       run.problem);
  }
  return fmt::format("{:>4}/{}  {:<26}{:<20}{:>10.1f} ms  lost {:>6}  in {:>3.0f} s{}{}\n", done,
                     all, run.fault, run.system, run.longest, run.lost, run.took / 1000,
                     run.remark.empty() ? "" : "  " + run.remark,
                     run.machine.disturbed() ? "  (disturbed)" : "");
}

// Every run of redvip kept what could be kept.
bool work_off(const std::vector<Job>& jobs, const FaultsOptions& options, Store& store) {
  const lab::Workspace workspace;
  const std::string lock_file = workspace.path() / "turn";
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{options.minutes};
  std::mutex mutex;  // guards all that follow, `store` and the terminal
  std::size_t next = 0;
  std::size_t done = 0;
  bool good = true;
  const auto take = [&]() -> const Job* {
    const std::lock_guard lock{mutex};
    const bool late = options.minutes > 0 && std::chrono::steady_clock::now() >= end;
    return late || next == jobs.size() ? nullptr : &jobs[next++];
  };
  const auto work = [&] {
    while (const Job* job = take()) {
      const Run run = run_apart(*job, lock_file);
      const std::lock_guard lock{mutex};
      store.add(run);
      good = good && is_good(run);
      std::cerr << progress(run, ++done, jobs.size());
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < options.parallel; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  if (done < jobs.size()) std::cerr << "the time is over: the same command goes on from here\n";
  return good;
}

Known all_known() {
  Known known;
  for (const SystemKind& kind : all_systems()) {
    known.systems.push_back({kind.id, kind.title, kind.what, {}, kind.sleeps});
  }
  for (const Fault& fault : all_faults()) {
    known.faults.push_back(
        {fault.id, fault.title, fault.what, fault.redis, fault.loss_is_physical, fault.alone});
  }
  return known;
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
  for (const auto& id : options.systems) (void)system_by_id(id);
  Store store{options.out / "faults.json", options.command, options.parallel, all_known()};
  const auto jobs = missing(store, options.systems, options.faults, options.runs);
  if (jobs.empty()) std::cerr << store.path().string() << " has them all; --runs takes more\n";
  return work_off(jobs, options, store);
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

#include "bench/store.hpp"

#include <algorithm>

#include "bench/json.hpp"
#include "lab/command.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

constexpr int phase_period_ms = 2000;

// In the order of the report, whatever was measured first.
template <class Text>
void order(json::object& named, const std::vector<Text>& all) {
  json::object ordered;
  for (const Text& text : all) {
    if (named.contains(text.id)) ordered[text.id] = named.at(text.id);
  }
  named = std::move(ordered);
}

template <class Text>
const Text& by_id(const std::vector<Text>& all, const std::string& id) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Text& text) { return text.id == id; });
  if (found == all.end()) throw lab::LabError{"there is nothing to measure with the name " + id};
  return *found;
}

}  // namespace

Store::Store(std::filesystem::path file, const std::string& command, int labs, Known known)
    : path_{std::move(file)}, known_{std::move(known)}, file_{read_json(path_)} {
  const json::object head = file_head("faults", command);
  if (file_.empty()) {
    file_ = head;
    file_["labs_at_a_time"] = labs;
    file_["systems"] = json::object{};
    file_["faults"] = json::object{};
    file_["runs"] = json::array{};
    return;
  }
  for (const char* name : {"machine", "versions"}) {
    if (file_.at(name) == head.at(name)) continue;
    throw lab::LabError{path_.string() + ": its runs are of other " + name + " (" +
                        json::serialize(file_.at(name)) + ", now " +
                        json::serialize(head.at(name)) + "): move it away, or take another --out"};
  }
  const std::string before{file_.at("command").as_string()};
  if (before.find(command) == std::string::npos) file_["command"] = before + "; " + command;
  file_["made_at"] = head.at("made_at");
  file_["labs_at_a_time"] = std::max(labs, file_.at("labs_at_a_time").to_number<int>());
}

int Store::results(const std::string& system, const std::string& fault) const {
  const auto& runs = file_.at("runs").as_array();
  return static_cast<int>(std::count_if(runs.begin(), runs.end(), [&](const json::value& value) {
    const auto& run = value.as_object();
    return run.at("system") == json::value(system) && run.at("fault") == json::value(fault) &&
           run.at("problem").as_string().empty();
  }));
}

bool Store::alone(const std::string& system, const std::string& fault) const {
  return runs_alone(by_id(known_.systems, system), by_id(known_.faults, fault));
}

void Store::describe(const Run& run) {
  auto& systems = file_.at("systems").as_object();
  auto& faults = file_.at("faults").as_object();
  const FaultText& what = by_id(known_.faults, run.fault);
  faults[run.fault] = json::object{{"title", what.title},
                                   {"what", what.what},
                                   {"redis", what.redis},
                                   {"loss_is_physical", what.loss_is_physical}};
  // The settings of a fault that asks nothing special of Redis, as soon as there are any.
  if (!systems.contains(run.system) || (what.redis.empty() && !run.settings.empty())) {
    const SystemText& system = by_id(known_.systems, run.system);
    systems[run.system] = json::object{{"title", system.title},
                                       {"what", system.what},
                                       {"settings", json::value_from(run.settings)}};
  }
  order(systems, known_.systems);
  order(faults, known_.faults);
}

void Store::add(const Run& run) {
  describe(run);
  Run without = run;
  without.settings.clear();  // once is enough
  file_.at("runs").as_array().push_back(to_object(without));
  std::filesystem::path whole = path_;
  whole += ".new";
  write_json(whole, file_);
  std::filesystem::rename(whole, path_);
}

std::vector<Job> missing(const Store& store, const std::vector<std::string>& systems,
                         const std::vector<std::string>& faults, int runs) {
  std::vector<Job> jobs;
  for (int run = 0; run < runs; ++run) {
    for (const std::string& fault : faults) {
      for (const std::string& system : systems) {
        if (store.results(system, fault) > run) continue;
        jobs.push_back({system, fault, phase_of(run), store.alone(system, fault)});
      }
    }
  }
  std::stable_partition(jobs.begin(), jobs.end(), [](const Job& job) { return job.alone; });
  return jobs;
}

int phase_of(int run) {
  double share = 0;
  double step = 0.5;
  for (auto rest = static_cast<unsigned>(run) + 1; rest > 0; rest /= 2, step /= 2) {
    share += step * (rest % 2);
  }
  return static_cast<int>(share * phase_period_ms);
}

}  // namespace redvip::bench

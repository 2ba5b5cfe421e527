#include "bench/goals.hpp"

#include <spdlog/fmt/fmt.h>

#include "bench/json.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

void add_ratio(std::vector<Goal>& goals, const Results& results, const std::string& fault,
               const std::string& peer, double wanted) {
  const Cell ours = results.cell("redvip", fault);
  const Cell theirs = results.cell(peer, fault);
  if (ours.typical == nullptr || theirs.typical == nullptr) return;
  const double ratio = theirs.longest.median / ours.longest.median;
  goals.push_back({fmt::format("{}: at least {:.0f} times shorter than {}",
                               results.fault(fault)->title, wanted, peer),
                   fmt::format("{:.0f} times ({} to {})", ratio, duration_text(ours.longest.median),
                               duration_text(theirs.longest.median)),
                   ratio >= wanted});
}

void add_nothing_lost(std::vector<Goal>& goals, const Results& results) {
  std::string where;
  std::size_t judged = 0;
  for (const FaultText& fault : results.faults) {
    const Cell cell = results.cell("redvip", fault.id);
    if (fault.loss_is_physical || cell.typical == nullptr) continue;
    ++judged;
    if (cell.lost.max > 0) where += (where.empty() ? "" : ", ") + fault.title;
  }
  if (judged == 0) return;
  goals.push_back(
      {"redvip loses no acknowledged write, but in faults after which no system could know it",
       where.empty() ? fmt::format("0 lost in {} faults", judged) : "lost in: " + where,
       where.empty()});
}

// The other benches judge their own goals and leave them in their files.
void add_from(std::vector<Goal>& goals, const std::filesystem::path& file) {
  const json::object object = read_json(file);
  if (!object.contains("goals")) return;
  for (const auto& value : object.at("goals").as_array()) {
    const auto& goal = value.as_object();
    goals.push_back({std::string{goal.at("text").as_string()},
                     std::string{goal.at("measured").as_string()}, goal.at("reached").as_bool()});
  }
}

}  // namespace

json::array to_array(const std::vector<Goal>& goals) {
  json::array list;
  for (const Goal& goal : goals) {
    list.push_back(
        json::object{{"text", goal.text}, {"measured", goal.measured}, {"reached", goal.reached}});
  }
  return list;
}

std::vector<Goal> goals(const Results& results, const std::filesystem::path& folder) {
  std::vector<Goal> all;
  add_ratio(all, results, "redis-killed", "keepalived-tuned", 50);
  add_ratio(all, results, "redis-killed", "sentinel", 100);
  for (const char* load : {"1x1B", "50x1B", "1x100kB", "50x100kB"}) {
    add_ratio(all, results, std::string{"switchover-"} + load, "keepalived-tuned", 3);
  }
  add_nothing_lost(all, results);
  for (const char* file : {"phases.json", "cost.json", "jitter.json", "mass.json", "scale.json"}) {
    add_from(all, folder / file);
  }
  return all;
}

Table goals_table(const std::vector<Goal>& all) {
  Table table{"Goals", "", {"goal", "measured", "reached"}, {}};
  for (const Goal& goal : all) {
    table.rows.push_back({goal.text, goal.measured, goal.reached ? "yes" : "NO"});
  }
  return table;
}

}  // namespace redvip::bench

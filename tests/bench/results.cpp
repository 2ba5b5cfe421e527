#include "bench/results.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "bench/json.hpp"
#include "lab/command.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, const char* name) {
  return std::string{object.at(name).as_string()};
}

std::map<std::string, std::string> texts_of(const json::object& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, text] : object) texts[std::string{name}] = std::string{text.as_string()};
  return texts;
}

template <class Get>
Spread spread_of(const std::vector<const Run*>& runs, Get get) {
  std::vector<double> values;
  for (const Run* run : runs) values.push_back(static_cast<double>(get(*run)));
  return spread(std::move(values));
}

}  // namespace

Results read_results(const std::filesystem::path& folder) {
  Results results;
  const json::object file = read_json(folder / "faults.json");
  if (file.empty()) return results;
  results.origin = origin_of(file);
  results.labs_at_a_time = file.at("labs_at_a_time").to_number<int>();
  for (const auto& [id, value] : file.at("systems").as_object()) {
    const auto& system = value.as_object();
    results.systems.push_back({std::string{id}, text_at(system, "title"), text_at(system, "what"),
                               texts_of(system.at("settings").as_object())});
  }
  for (const auto& [id, value] : file.at("faults").as_object()) {
    const auto& fault = value.as_object();
    results.faults.push_back({std::string{id}, text_at(fault, "title"), text_at(fault, "what"),
                              text_at(fault, "redis"), fault.at("loss_is_physical").as_bool()});
  }
  for (const auto& value : file.at("runs").as_array()) {
    auto run = run_from_json(json::serialize(value));
    if (!run) throw lab::LabError{run.error().text()};
    results.runs.push_back(std::move(*run));
  }
  return results;
}

Cell Results::cell(const std::string& system, const std::string& id) const {
  Cell cell;
  std::vector<const Run*> good;
  for (const Run& run : runs) {
    if (run.system != system || run.fault != id) continue;
    if (!run.problem.empty()) {
      ++cell.failed;
      continue;
    }
    good.push_back(&run);
    cell.disturbed += run.machine.disturbed();
    cell.never_redundant += !run.redundant;
    if (!run.remark.empty()) cell.remarks.insert(run.remark);
  }
  if (good.empty()) return cell;
  cell.longest = spread_of(good, [](const Run& run) { return run.longest; });
  cell.summed = spread_of(good, [](const Run& run) { return run.summed; });
  cell.unluckiest = spread_of(good, [](const Run& run) { return run.unluckiest; });
  cell.errors = spread_of(good, [](const Run& run) { return run.errors; });
  cell.lost = spread_of(good, [](const Run& run) { return run.lost; });
  cell.saved = spread_of(good, [](const Run& run) { return run.saved; });
  cell.two_masters = spread_of(good, [](const Run& run) { return run.two_masters; });
  std::sort(good.begin(), good.end(),
            [](const Run* a, const Run* b) { return a->longest < b->longest; });
  cell.typical = good[(good.size() - 1) / 2];
  std::erase_if(good, [](const Run* run) { return !run->redundant; });
  cell.redundant = spread_of(good, [](const Run& run) { return *run.redundant; });
  return cell;
}

const FaultText* Results::fault(const std::string& id) const {
  const auto found = std::find_if(faults.begin(), faults.end(),
                                  [&](const FaultText& each) { return each.id == id; });
  return found == faults.end() ? nullptr : &*found;
}

std::string duration_text(Ms value) {
  if (value < 10) return fmt::format("{:.1f} ms", value);
  if (value < 999.5) return fmt::format("{:.0f} ms", value);
  if (value < 9995) return fmt::format("{:.2f} s", value / 1000);
  return fmt::format("{:.1f} s", value / 1000);
}

std::string duration_text(const Spread& values) {
  if (values.count < 2) return duration_text(values.median);
  return fmt::format("{} ({} .. {})", duration_text(values.median), duration_text(values.min),
                     duration_text(values.max));
}

std::string grouped(double count) {
  const std::string digits = fmt::format("{:.0f}", count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string count_text(const Spread& values) {
  if (values.min == values.max) return grouped(values.median);
  return fmt::format("{} ({} .. {})", grouped(values.median), grouped(values.min),
                     grouped(values.max));
}

std::string redundancy_text(const Cell& cell) {
  if (cell.redundant.count == 0) return "never";
  std::string text = duration_text(cell.redundant);
  if (cell.never_redundant > 0) {
    text += fmt::format(", never in {} of {}", cell.never_redundant,
                        cell.never_redundant + cell.redundant.count);
  }
  return text;
}

std::string remark_text(const Cell& cell) {
  std::string text;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  for (const auto& remark : cell.remarks) add(remark);
  if (cell.failed > 0) add(fmt::format("{} without a result", cell.failed));
  if (cell.disturbed > 0) {
    add(fmt::format("{} of {} under foreign load", cell.disturbed, cell.longest.count));
  }
  return text;
}

}  // namespace redvip::bench

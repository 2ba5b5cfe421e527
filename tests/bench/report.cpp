#include "bench/report.hpp"

#include <spdlog/fmt/fmt.h>

#include <iostream>

#include "bench/goals.hpp"
#include "bench/json.hpp"
#include "bench/svg.hpp"
#include "lab/process.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;

// The picture for the README: one fault of each kind.
const std::vector<std::string> main_picture{"redis-killed", "redis-restarted", "host-cut-off",
                                            "hosts-parted", "switchover-1x1B"};

std::string cell_text(const Cell& cell) {
  if (cell.typical == nullptr) return "-";
  std::string text = duration_text(cell.longest);
  if (cell.lost.max > 0) text += ", " + grouped(cell.lost.median) + " lost";
  return text;
}

// "redvip 10, Redis Sentinel 9 to 10"
std::string runs_of_each(const Results& results) {
  std::string text;
  for (const auto& system : results.systems) {
    std::vector<double> counts;
    for (const auto& fault : results.faults) {
      counts.push_back(static_cast<double>(results.cell(system.id, fault.id).longest.count));
    }
    const Spread seen = spread(std::move(counts));
    text += (text.empty() ? "" : ", ") + system.title + " " + grouped(seen.min);
    if (seen.min != seen.max) text += " to " + grouped(seen.max);
  }
  return text;
}

std::string text_of(const Origin& origin) {
  return fmt::format("{}; {}; {}", origin.made_at, origin.versions, origin.machine);
}

}  // namespace

Table overview_table(const Results& results) {
  Table table{"Longest time without an acknowledged write, and writes lost", "", {"fault"}, {}};
  for (const auto& system : results.systems) table.columns.push_back(system.title);
  for (const auto& fault : results.faults) {
    std::vector<std::string> row{fault.title};
    for (const auto& system : results.systems) {
      row.push_back(cell_text(results.cell(system.id, fault.id)));
    }
    table.rows.push_back(std::move(row));
  }
  table.note =
      fmt::format("Medians (least .. most); runs of each: {}. Up to {} labs at a time. {}.",
                  runs_of_each(results), results.labs_at_a_time, text_of(results.origin));
  return table;
}

Table fault_table(const Results& results, const FaultText& fault) {
  Table table{fault.title,
              fault.what + (fault.redis.empty() ? "" : "; Redis with " + fault.redis) +
                  (fault.loss_is_physical
                       ? ". What was lost had left no trace elsewhere: no system could know it."
                       : "."),
              {"system", "runs", "longest outage", "all outages", "unluckiest client", "errors",
               "lost", "kept aside", "two masters", "a pair again", "remark"},
              {}};
  for (const auto& system : results.systems) {
    const Cell cell = results.cell(system.id, fault.id);
    if (cell.typical == nullptr) {
      table.rows.push_back(
          {system.title, "0", "-", "-", "-", "-", "-", "-", "-", "-", remark_text(cell)});
      continue;
    }
    table.rows.push_back(
        {system.title, std::to_string(cell.longest.count), duration_text(cell.longest),
         duration_text(cell.summed.median), duration_text(cell.unluckiest.median),
         count_text(cell.errors), count_text(cell.lost), count_text(cell.saved),
         duration_text(cell.two_masters), redundancy_text(cell), remark_text(cell)});
  }
  return table;
}

std::vector<Table> other_tables(const std::filesystem::path& folder) {
  std::vector<Table> tables;
  for (const char* name : {"phases.json", "cost.json", "jitter.json", "mass.json", "scale.json"}) {
    const json::object file = read_json(folder / name);
    if (file.empty()) continue;
    for (const auto& table : file.at("tables").as_array()) {
      tables.push_back(table_from(table.as_object()));
    }
    const Origin origin = origin_of(file);
    std::string& note = tables.back().note;
    note += fmt::format("{}Measured {}, by `{}`.", note.empty() ? "" : " ", text_of(origin),
                        origin.command);
  }
  return tables;
}

std::string between_marks(const std::string& text, const std::string& content) {
  const std::string begin = "<!-- figures: written by ./dev bench report -->\n";
  const std::string end = "<!-- end of figures -->";
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from) return text;
  return text.substr(0, from + begin.size()) + content + text.substr(to);
}

namespace {

// A folder without a README needs none.
void update_readme(const std::filesystem::path& readme, const std::vector<Table>& tables) {
  const std::string text = lab::read_file(readme);
  std::string content = "\n";
  for (const Table& table : tables) content += to_markdown(table);
  if (!text.empty()) lab::write_file(readme, between_marks(text, content));
}

}  // namespace

void write_report(const std::filesystem::path& folder) {
  const Results results = read_results(folder);
  std::vector<Table> tables;
  if (!results.empty()) {
    tables.push_back(overview_table(results));
    for (const auto& fault : results.faults) tables.push_back(fault_table(results, fault));
    lab::write_file(folder / "timeline.svg", timelines_svg(results, main_picture));
  }
  for (auto& table : other_tables(folder)) tables.push_back(std::move(table));
  if (tables.empty()) throw lab::LabError{folder.string() + " has no results yet"};
  tables.push_back(goals_table(goals(results, folder)));
  std::string markdown =
      "# Results\n\nWritten by `redvip_bench report`; [README.md](README.md) says how they were "
      "made.\n\n";
  for (const auto& table : tables) {
    std::cout << to_terminal(table);
    markdown += to_markdown(table);
  }
  lab::write_file(folder / "results.md", markdown);
  std::vector<Table> chosen;
  if (!results.empty()) chosen.push_back(overview_table(results));
  chosen.push_back(goals_table(goals(results, folder)));
  update_readme(folder / "README.md", chosen);
  lab::write_file(folder / "report.html", html_report(results, folder));
  std::cout << "\nwritten to " << folder.string() << ": report.html, results.md, timeline.svg\n";
}

}  // namespace redvip::bench

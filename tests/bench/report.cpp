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
  if (cell.typical == nullptr) return cell.not_for.empty() ? "-" : "n/a";
  std::string text = duration_text(cell.longest);
  if (cell.lost.max > 0) text += ", " + grouped(cell.lost.median) + " lost";
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
  table.note = fmt::format("Medians of {} runs (least .. most). {} labs at a time on {}.",
                           results.runs_each, results.labs_at_a_time, text_of(results.origin));
  return table;
}

Table fault_table(const Results& results, const FaultText& fault) {
  Table table{
      fault.title,
      fault.what + (fault.loss_is_physical
                        ? ". What was lost had left no trace elsewhere: no system could know it."
                        : "."),
      {"system", "longest outage", "all outages", "unluckiest client", "errors", "lost",
       "kept aside", "two masters", "a pair again", "remark"},
      {}};
  for (const auto& system : results.systems) {
    const Cell cell = results.cell(system.id, fault.id);
    if (cell.typical == nullptr) {
      const std::string why = cell.not_for.empty() ? remark_text(cell) : "n/a: " + cell.not_for;
      table.rows.push_back({system.title, "-", "-", "-", "-", "-", "-", "-", "-", why});
      continue;
    }
    table.rows.push_back({system.title, duration_text(cell.longest),
                          duration_text(cell.summed.median), duration_text(cell.unluckiest.median),
                          count_text(cell.errors), count_text(cell.lost), count_text(cell.saved),
                          duration_text(cell.two_masters), redundancy_text(cell),
                          remark_text(cell)});
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
  lab::write_file(folder / "report.html", html_report(results, folder));
  std::cout << "\nwritten to " << folder.string() << ": report.html, results.md, timeline.svg\n";
}

}  // namespace redvip::bench

// redvip_bench report: from the JSON files in a folder to what people read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/results.hpp"
#include "bench/table.hpp"

namespace redvip::bench {

// The longest outage of every system under every fault, and what was lost.
[[nodiscard]] Table overview_table(const Results& results);
// Every figure of every system under one fault.
[[nodiscard]] Table fault_table(const Results& results, const FaultText& fault);
// The tables of the other benches that are in the folder, in the order of the report.
[[nodiscard]] std::vector<Table> other_tables(const std::filesystem::path& folder);

// `text` with `content` between the marks of docs/benchmarks/README.md; without them as it is.
[[nodiscard]] std::string between_marks(const std::string& text, const std::string& content);

// Writes report.html, results.md and timeline.svg to the folder, the tables that matter most
// between the marks of its README.md, and prints all tables. Throws
// LabError when there are no results.
void write_report(const std::filesystem::path& folder);

[[nodiscard]] std::string html_report(const Results& results, const std::filesystem::path& folder);

}  // namespace redvip::bench

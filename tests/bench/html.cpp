#include <spdlog/fmt/fmt.h>

#include "bench/goals.hpp"
#include "bench/report.hpp"
#include "bench/svg.hpp"

namespace redvip::bench {
namespace {

constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>redvip: benchmarks</title>
<style>
body { font: 15px/1.5 Helvetica, Arial, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em;
       color: #111; background: #fff; }
h2 { margin-top: 2.5em; border-bottom: 1px solid #bbb; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 3px 9px; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
td.n { text-align: right; white-space: nowrap; }
svg { max-width: 100%; height: auto; }
pre { background: #f4f4f4; padding: 8px; overflow-x: auto; font-size: 12px; }
</style></head><body>
)";

constexpr const char* reading =
    R"(<p>Each run is one pair of hosts in network namespaces of their own,
with real Redis servers, the real daemons of one system, and a client that writes unique keys through
what that system gives its clients: a virtual address, or the sentinels. It makes a broken connection
anew at once, gives a connect 50 ms and an answer 3 s. <b>Longest outage</b> is the longest time in which
no client's write was acknowledged, <b>all outages</b> the sum of those of 10 ms or more, <b>unluckiest
client</b> the longest time that one connection had none. <b>Errors</b> are writes that failed after they
were sent. <b>Lost</b> are acknowledged writes that are in no dataset after everything has healed,
<b>kept aside</b> those that redvip has saved for the operator. <b>Two masters</b> is how long both servers
acknowledged writes to somebody, the clients or a probe on each host, which asks the same way. <b>A pair
again</b> is the time from the repair until one serves and the other follows it, for good. The pictures
show each system's run of median outage.</p>
)";

std::string settings(const Results& results) {
  std::string out = "<h2>Settings</h2>\n";
  for (const auto& system : results.systems) {
    out += "<details><summary><b>" + escaped(system.title) + "</b>: " + escaped(system.what) +
           "</summary>\n";
    for (const auto& [file, text] : system.settings) {
      out += "<h4>" + escaped(file) + "</h4>\n<pre>" + escaped(text) + "</pre>\n";
    }
    out += "</details>\n";
  }
  return out;
}

std::string fault_sections(const Results& results) {
  std::string out = "<h2>Fault by fault</h2>\n" + std::string{reading} + legend_svg();
  for (const auto& fault : results.faults) {
    out += "<section id=\"" + fault.id + "\">\n<h3>" + escaped(fault.title) + "</h3>\n" +
           timeline_svg(results, fault.id);
    Table table = fault_table(results, fault);
    table.title.clear();
    out += to_html(table) + "</section>\n";
  }
  return out;
}

std::string how_made(const Results& results) {
  const Origin& origin = results.origin;
  return fmt::format(
      "<p>{}. {}. {}.<br>Repeat it with <code>{}</code> in a checkout of redvip, on Debian 12 or "
      "13; "
      "every run is in <code>faults.json</code> beside this file.</p>\n",
      origin.made_at, origin.versions, escaped(origin.machine), escaped(origin.command));
}

}  // namespace

std::string html_report(const Results& results, const std::filesystem::path& folder) {
  std::string out = head;
  out += "<h1>redvip next to its peers</h1>\n";
  if (!results.empty()) {
    out += how_made(results) + to_html(overview_table(results));
  }
  out += to_html(goals_table(goals(results, folder)));
  if (!results.empty()) out += fault_sections(results);
  const auto others = other_tables(folder);
  if (!others.empty()) out += "<h2>Cost, scale and phases</h2>\n";
  for (const auto& table : others) out += to_html(table);
  if (!results.empty()) out += settings(results);
  return out + "</body></html>\n";
}

}  // namespace redvip::bench

// From faults.json to tables and pictures, with made-up runs.
#include <filesystem>
#include <fstream>

#include "bench/goals.hpp"
#include "bench/json.hpp"
#include "bench/report.hpp"
#include "bench/svg.hpp"
#include "catch.hpp"
#include "lab/process.hpp"

using namespace redvip::bench;
namespace json = boost::json;

namespace {

Run run_of(const std::string& system, Ms outage, std::size_t lost) {
  Run run{.system = system, .fault = "redis-killed"};
  run.longest = run.summed = run.unluckiest = outage;
  run.acknowledged = 1000;
  run.lost = lost;
  run.healed = outage + 1000;
  run.ended = outage + 3000;
  run.redundant = 50;
  run.errors_by_kind["connection reset"] = 1;
  run.lanes.push_back({"client", {{-1000, 0}, {outage, run.ended}}, {}, {}, {{0, outage}}});
  if (lost > 0) run.lanes.back().lost.push_back({-500, 0});
  run.settings["some.conf"] = "a < b & c\n";
  return run;
}

// A file with these runs, in a folder that goes with this object.
struct Folder {
  explicit Folder(const std::vector<Run>& runs) {
    json::object file{{"bench", "faults"},
                      {"made_at", "2026-01-02 03:04 UTC"},
                      {"command", "./dev bench faults"},
                      {"machine", "2 cores"},
                      {"versions", {{"redvip", "0.1.0"}}},
                      {"labs_at_a_time", 2}};
    json::object systems;
    for (const char* id : {"redvip", "keepalived-tuned", "sentinel"}) {
      systems[id] = json::object{
          {"title", id}, {"what", "as it is"}, {"settings", {{"some.conf", "a < b & c\n"}}}};
    }
    file["systems"] = std::move(systems);
    file["faults"] = json::object{{"redis-killed",
                                   {{"title", "Redis killed"},
                                    {"what", "SIGKILL"},
                                    {"redis", ""},
                                    {"loss_is_physical", false}}}};
    json::array list;
    for (const Run& run : runs) list.push_back(to_object(run));
    file["runs"] = std::move(list);
    write_json(workspace.path() / "faults.json", file);
  }
  [[nodiscard]] Results results() const { return read_results(workspace.path()); }
  redvip::lab::Workspace workspace{};
};

std::vector<Run> three_of_each(std::size_t lost_by_redvip = 0) {
  return {run_of("redvip", 10, lost_by_redvip),
          run_of("redvip", 12, 0),
          run_of("redvip", 30, 0),
          run_of("keepalived-tuned", 700, 1424),
          run_of("keepalived-tuned", 600, 1424),
          run_of("keepalived-tuned", 650, 1424)};
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("a run is the same after it was written and read") {
  Run run = run_of("redvip", 12.5, 3);
  run.problem = "none";
  run.remark = "ends with two masters";
  run.two_masters = 8000.1;
  run.machine = {0.5, 0.25, 0.01};
  const auto read = run_from_json(to_json(run));
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(run));
  run.redundant.reset();
  CHECK_FALSE(run_from_json(to_json(run))->redundant);
}

TEST_CASE("what a worker printed instead of a run is told") {
  const auto read = run_from_json("redvip_bench: no lab");
  REQUIRE_FALSE(read);
  CHECK(read.error().text().find("redvip_bench: no lab") != std::string::npos);
}

TEST_CASE("a cell is the median of its runs, and the typical run is one of them") {
  const Folder folder{three_of_each()};
  const Results results = folder.results();
  const Cell cell = results.cell("keepalived-tuned", "redis-killed");
  CHECK(cell.longest.median == 650);
  CHECK(cell.lost.median == 1424);
  REQUIRE(cell.typical != nullptr);
  CHECK(cell.typical->longest == 650);
  CHECK(results.cell("sentinel", "redis-killed").typical == nullptr);
}

TEST_CASE("the overview says the outages, the losses, and how many runs there were") {
  const Folder folder{three_of_each()};
  const std::string table = to_terminal(overview_table(folder.results()));
  CHECK(table.find("12 ms (10 ms .. 30 ms)") != std::string::npos);
  CHECK(table.find("650 ms (600 ms .. 700 ms), 1,424 lost") != std::string::npos);
  CHECK(table.find("redvip 3, keepalived-tuned 3, sentinel 0") != std::string::npos);
}

TEST_CASE("a goal is reached or missed by the medians") {
  const Folder folder{three_of_each()};
  const auto all = goals(folder.results(), folder.workspace.path());
  REQUIRE(all.size() == 2);
  CHECK(all[0].measured == "54 times (12 ms to 650 ms)");
  CHECK(all[0].reached);
  CHECK(all[1].measured == "0 lost in 1 faults");
  CHECK(all[1].reached);
}

TEST_CASE("one lost write in one run misses the goal") {
  const Folder folder{three_of_each(1)};
  const auto all = goals(folder.results(), folder.workspace.path());
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all[1].reached);
  CHECK(all[1].measured == "lost in: Redis killed");
}

TEST_CASE("a timeline has a row for each system, and hatches what was lost") {
  const Folder folder{three_of_each()};
  const std::string svg = timeline_svg(folder.results(), "redis-killed");
  CHECK(count(svg, "url(#lost)") == 1);
  CHECK(count(svg, ">redvip<") == 1);
  CHECK(count(svg, ">keepalived-tuned<") == 1);
  CHECK(count(svg, "no result") == 1);
}

TEST_CASE("the report needs nothing but itself, and shows settings as they are") {
  const Folder folder{three_of_each()};
  const std::string html = html_report(folder.results(), folder.workspace.path());
  CHECK(html.find("a &lt; b &amp; c") != std::string::npos);
  CHECK(html.find("<svg") != std::string::npos);
  CHECK(html.find("src=") == std::string::npos);
  CHECK(html.find("href=") == std::string::npos);
  CHECK(html.find("@import") == std::string::npos);
}

TEST_CASE("numbers are told as people read them") {
  CHECK(duration_text(8.06) == "8.1 ms");
  CHECK(duration_text(246.4) == "246 ms");
  CHECK(duration_text(2234) == "2.23 s");
  CHECK(duration_text(20'060) == "20.1 s");
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(2'002'271) == "2,002,271");
}

TEST_CASE("a table is the same after it was written and read") {
  const Table table{"title", "note", {"a", "b"}, {{"x", "1"}, {"y", "n/a"}}};
  const Table read = table_from(to_object(table));
  CHECK(to_markdown(read) == to_markdown(table));
  CHECK(to_markdown(read).find("|---|--:|") != std::string::npos);
}

TEST_CASE("the figures stand between the marks of the README, and again after another report") {
  const std::string text =
      "a\n<!-- figures: written by ./dev bench report -->\n<!-- end of figures -->\nb\n";
  const std::string once = between_marks(text, "old\n");
  CHECK(count(once, "old") == 1);
  const std::string twice = between_marks(once, "new\n");
  CHECK(count(twice, "old") == 0);
  CHECK(twice.find("-->\nnew\n<!-- end") != std::string::npos);
  CHECK(twice.substr(0, 2) == "a\n");
  CHECK(between_marks("no marks", "new") == "no marks");
}

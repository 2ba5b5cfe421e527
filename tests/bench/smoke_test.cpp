// The bench itself, small: two systems, two faults, one run each. What it measures is not judged,
// only that it measured.
#include <cstdlib>

#include "bench/json.hpp"
#include "bench/results.hpp"
#include "catch.hpp"
#include "lab/lab.hpp"

using namespace redvip::bench;
namespace lab = redvip::lab;

namespace {

void bench(const std::string& arguments) {
  const std::string program =
      std::filesystem::path{lab::redvip_binary()}.parent_path() / "redvip_bench";
  const lab::Outcome outcome = lab::run(program + " " + arguments);
  INFO(outcome.output);
  CHECK((outcome.status == 0 || outcome.status == 1));  // 1: a goal was missed
}

}  // namespace

TEST_CASE("two systems and two faults give a file that can be read, and a report", "[smoke]") {
  const lab::Workspace folder;
  const std::string out = folder.path();
  bench("--out " + out +
        " faults --systems redvip,keepalived-tuned --faults redis-killed,switchover-1x1B --runs 1 "
        "--parallel 4");
  const Results results = read_results(out);
  REQUIRE(results.runs.size() == 4);
  for (const Run& run : results.runs) {
    INFO(run.system << " " << run.fault << " " << run.problem);
    CHECK(run.problem.empty());
    CHECK(run.acknowledged > 1000);
    CHECK(run.longest > 0);
    CHECK(run.lanes.size() == 1);
    if (run.system == "redvip") CHECK(run.lost == 0);
  }
  for (const SystemText& system : results.systems) CHECK(system.settings.size() >= 2);
  CHECK(lab::read_file(folder.path() / "report.html").find("</html>") != std::string::npos);
  CHECK(lab::read_file(folder.path() / "timeline.svg").find("</svg>") != std::string::npos);
  CHECK(lab::read_file(folder.path() / "results.md").find("Redis killed") != std::string::npos);
}

TEST_CASE("adverts are heard and their intervals measured", "[smoke]") {
  const lab::Workspace folder;
  bench("--out " + folder.path().string() + " jitter --seconds 2 --intervals 100");
  const auto file = read_json(folder.path() / "jitter.json");
  REQUIRE(file.contains("raw"));
  for (const auto& value : file.at("raw").as_array()) {
    const auto& jitter = value.as_object();
    CHECK(number_at(jitter, "adverts") >= 5);
    CHECK(number_at(jitter, "p50_ms") > 0);
  }
}

#include "bench/store.hpp"

#include <set>

#include "bench/json.hpp"
#include "catch.hpp"
#include "lab/process.hpp"

using namespace redvip::bench;

namespace {

const Known known{{{"redvip", "redvip", ""}, {"sentinel", "Sentinel", ""}},
                  {{"redis-killed", "Redis killed", ""},
                   {"slow-command", "slow command", "", "enable-debug-command yes"},
                   {"loaded", "under load", "", "", false, true}}};

Run run_of(const std::string& system, const std::string& fault) {
  Run run{.system = system, .fault = fault};
  run.settings["redis.conf"] = "of " + fault;
  return run;
}

}  // namespace

TEST_CASE("what an interrupted bench has measured is not measured again") {
  const redvip::lab::Workspace folder;
  const auto file = folder.path() / "faults.json";
  {
    Store store{file, "first", 1, known};
    store.add(run_of("redvip", "redis-killed"));
    Run failed = run_of("sentinel", "redis-killed");
    failed.problem = "no write is acknowledged";
    store.add(failed);
  }
  const Store store{file, "second", 2, known};
  CHECK(store.results("redvip", "redis-killed") == 1);
  CHECK(store.results("sentinel", "redis-killed") == 0);
  const auto jobs = missing(store, {"redvip", "sentinel"}, {"redis-killed"}, 2);
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0].system == "sentinel");
  CHECK(jobs[1].system == "redvip");
  CHECK(jobs[1].phase_ms == phase_of(1));
  const auto text = read_json(file);
  CHECK(text.at("runs").as_array().size() == 2);
}

TEST_CASE("runs of another version are not mixed with those of this one") {
  const redvip::lab::Workspace folder;
  const auto file = folder.path() / "faults.json";
  { Store{file, "first", 1, known}.add(run_of("redvip", "redis-killed")); }
  auto old = read_json(file);
  old["versions"].as_object()["redvip"] = "0.0.1";
  write_json(file, old);
  CHECK_THROWS_AS((Store{file, "second", 1, known}), redvip::lab::LabError);
}

TEST_CASE("every pair has one run before any has two, and those that want the machine go first") {
  const redvip::lab::Workspace folder;
  const Store store{folder.path() / "faults.json", "", 1, known};
  const auto jobs = missing(store, {"redvip", "sentinel"}, {"redis-killed", "loaded"}, 2);
  REQUIRE(jobs.size() == 8);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    CHECK(jobs[i].alone == (i < 4));
    CHECK(jobs[i].system == (i % 2 == 0 ? "redvip" : "sentinel"));
  }
}

TEST_CASE("a system that sleeps for seconds never needs the machine for itself") {
  Known with_sleeper = known;
  with_sleeper.systems.push_back({"sleeper", "sleeper", "", {}, true});
  const redvip::lab::Workspace folder;
  const Store store{folder.path() / "faults.json", "", 1, with_sleeper};
  const auto jobs = missing(store, {"redvip", "sleeper"}, {"loaded"}, 1);
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].alone);
  CHECK_FALSE(jobs[1].alone);
}

TEST_CASE("the settings shown are those of a fault that asks nothing special of Redis") {
  const redvip::lab::Workspace folder;
  const auto file = folder.path() / "faults.json";
  Store store{file, "", 1, known};
  const auto shown = [&] {
    const auto settings = read_json(file).at("systems").at("redvip").at("settings");
    return std::string{settings.at("redis.conf").as_string()};
  };
  store.add(run_of("redvip", "slow-command"));
  CHECK(shown() == "of slow-command");
  store.add(run_of("redvip", "redis-killed"));
  store.add(run_of("redvip", "slow-command"));
  CHECK(shown() == "of redis-killed");
}

TEST_CASE("any number of runs strike all over the period of the checks") {
  std::set<int> phases;
  for (int run = 0; run < 8; ++run) phases.insert(phase_of(run) / 250);
  CHECK(phases.size() == 8);
  CHECK(phase_of(0) == 1000);
}

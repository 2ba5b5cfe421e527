// All tracks of a service together: their results counted, their changes told by index.
#include "daemon/trackers.hpp"

#include <optional>

#include "shell/daemon/track_support.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::Trackers;

namespace {

struct AllBench : TrackBench {
  void track(const std::vector<Track>& tracks) {
    trackers.emplace(io, children, "cache", tracks,
                     [this](std::size_t index, bool up, const std::string& why) {
                       changes.push_back(std::to_string(index) + (up ? " up" : " down ") + why);
                       if (on_change) on_change();
                     });
  }
  std::string next_change() {
    const auto before = changes.size();
    REQUIRE(eventually([&] { return changes.size() > before; }));
    return changes[before];
  }

  std::vector<std::string> changes;
  std::function<void()> on_change;
  std::optional<Trackers> trackers;
};

}  // namespace

TEST_CASE("each track tells its first result and then only its changes, under its own index") {
  AllBench bench;
  const auto file = bench.write("state", "0");
  const auto script = bench.script("#!/bin/sh\ntest \"$REDVIP_SERVICE\" = cache\n");
  bench.track({{"eth1", InterfaceTrack{"eth1"}},
               {"script", ScriptTrack{{script}, Millis{20}, Seconds{10}}},
               {"file", FileTrack{file, Millis{20}}}});
  REQUIRE(bench.eventually([&] { return bench.changes.size() == 2; }));
  std::sort(bench.changes.begin(), bench.changes.end());
  CHECK(bench.changes == std::vector<std::string>{"1 up", "2 up"});
  bench.write("state", "7");
  CHECK(bench.next_change() == "2 down holds 7, not 0");
  fs::remove(script);  // keepalived took its disappearance for a success
  CHECK(bench.next_change().find("1 down ") == 0);
  bench.write("state", "0");
  CHECK(bench.next_change() == "2 up");
  bench.script("#!/bin/sh\n");
  CHECK(bench.next_change() == "1 up");
}

TEST_CASE("a track goes down at its fall-th failure in a row and up at its rise-th success") {
  AllBench bench;
  const auto runs = (bench.folder / "runs").string();
  const auto failing = (bench.folder / "failing").string();
  const auto script =
      bench.script("#!/bin/sh\necho run >> " + runs + "\n! test -e " + failing + "\n");
  bench.track({{"script", ScriptTrack{{script}, Millis{1}, Seconds{10}}, 0, 4, 3}});
  CHECK(bench.next_change() == "0 up");
  const auto at_least_runs_until_change = [&](const std::string& change) {
    const auto before = bench.lines("runs").size();
    CHECK(bench.next_change() == change);
    return bench.lines("runs").size() - before;
  };
  bench.write("failing", "");
  CHECK(at_least_runs_until_change("0 down exited with 1") >= 2);  // one may have been under way
  fs::remove(failing);
  CHECK(at_least_runs_until_change("0 up") >= 3);
}

TEST_CASE("trackers may be destroyed by what they tell") {
  AllBench bench;
  const auto file = bench.write("state", "0");
  const auto script = bench.script("#!/bin/sh\n");
  for (const auto& track : {Track{"file", FileTrack{file, Millis{1}}},
                            Track{"script", ScriptTrack{{script}, Millis{1}, Seconds{10}}},
                            Track{"ping", PingTrack{IpAddress{0x7F000001}, Millis{1}}}}) {
    bench.changes.clear();
    bench.on_change = [&] { bench.trackers.reset(); };
    bench.track({track});
    CHECK(bench.next_change() == "0 up");
    CHECK_FALSE(bench.trackers);
    bench.io.restart();
    bench.io.run_for(Millis{50});
    CHECK(bench.changes.size() == 1);
  }
}

// The operator's programs as real processes: order, arguments, and what becomes of one that hangs.
#include "daemon/notifier.hpp"

#include <unistd.h>

#include "shell/daemon/track_support.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::Notifier;

namespace {

using Lines = std::vector<std::string>;

Site pair_of_nodes(NotifyConfig notify) {
  Site site;
  site.nodes = {{"redis-a", IpAddress{0x0a4d0001}}, {"redis-b", IpAddress{0x0a4d0002}}};
  site.service.name = "cache";
  site.service.nodes = {0, 1};
  site.service.notify = std::move(notify);
  return site;
}

struct NotifierBench : TrackBench {
  // A program that writes its own arguments and the given variables into `told`.
  std::string writer(const std::string& name, const std::string& variables = "") const {
    const auto told = (folder / "told").string();
    return script("#!/bin/sh\necho " + name + " \"$@\" " + variables + " >> " + told + "\n", name);
  }
  // One that writes a line, then waits until there is a file `go`, and writes another.
  std::string waiter(const std::string& name) const {
    const auto told = (folder / "told").string();
    return script("#!/bin/sh\necho " + name + " begins >> " + told + "\nwhile [ ! -e " +
                      (folder / "go").string() + " ]; do sleep 0.02; done\necho " + name +
                      " ends >> " + told + "\n",
                  name);
  }
  void use(NotifyConfig notify) {
    site = pair_of_nodes(std::move(notify));
    notifier.emplace(io, children, log, site);
  }
  void becomes(State to, std::optional<NodeIndex> peer = std::nullopt) {
    Transition transition{state, to, "because", {}, {}, {}};
    transition.peer = peer;
    state = to;
    notifier->transition(transition, Priority::of(250));
  }
  void stop() {
    notifier->stop(Priority::of(250), [this] { stopped = true; });
  }
  [[nodiscard]] Lines told() const { return lines("told"); }
  bool tells(const Lines& wanted) {
    return eventually([&] { return told() == wanted; });
  }

  daemon::Log log{DaemonConfig{.log_level = LogLevel::error}};
  Site site;
  State state = State::starting;
  bool stopped = false;
  std::optional<Notifier> notifier;
};

// Whether its process has ended, and been reaped.
bool ended(const std::string& pid) {
  return !fs::exists("/proc/" + pid);
}

}  // namespace

TEST_CASE("as by keepalived the program of the state comes first, then the one for all") {
  NotifierBench bench;
  bench.use({.all = {bench.writer("all"), "own"},
             .master = {bench.writer("master"), "6379"},
             .backup = {bench.writer("backup")},
             .fault = {bench.writer("fault")},
             .stop = {bench.writer("stop")}});
  bench.becomes(State::standby);
  bench.becomes(State::promoting);
  bench.becomes(State::serving);
  bench.becomes(State::fault);
  bench.stop();
  REQUIRE(bench.eventually([&] { return bench.stopped; }));
  CHECK(bench.told() == Lines{"backup", "all own INSTANCE cache BACKUP 250",       //
                              "master 6379", "all own INSTANCE cache MASTER 250",  //
                              "fault", "all own INSTANCE cache FAULT 250",         //
                              "stop", "all own INSTANCE cache STOP 250"});
}

TEST_CASE("the environment says what keepalived does not") {
  NotifierBench bench;
  const std::string variables =
      "$REDVIP_SERVICE $REDVIP_NODE $REDVIP_PREVIOUS $REDVIP_STATE $REDVIP_CAUSE "
      "p=$REDVIP_PEER,$REDVIP_PEER_ADDRESS";
  bench.use({.master = {bench.writer("master", variables)},
             .backup = {bench.writer("backup", variables)}});
  bench.becomes(State::holding);
  bench.becomes(State::promoting, 1);
  bench.becomes(State::serving, 1);
  CHECK(bench.tells({"backup cache redis-a starting holding because p=,",
                     "master cache redis-a promoting serving because p=redis-b,10.77.0.2"}));
}

TEST_CASE("what is the same in keepalived's words is told once") {
  NotifierBench bench;
  bench.use({.all = {bench.writer("all")}});
  for (const auto state :
       {State::holding, State::standby, State::promoting, State::holding, State::standby,
        State::promoting, State::serving, State::handing_over, State::serving, State::fault}) {
    bench.becomes(state);
  }
  CHECK(bench.tells({"all INSTANCE cache BACKUP 250", "all INSTANCE cache MASTER 250",
                     "all INSTANCE cache FAULT 250"}));
}

TEST_CASE("whatever is not MASTER is told when the address is gone") {
  NotifierBench bench;
  bench.use({.all = {bench.writer("all")}});
  bench.notifier->hold_address(true);
  bench.becomes(State::serving);
  CHECK(bench.tells({"all INSTANCE cache MASTER 250"}));
  bench.becomes(State::fault);
  bench.io.restart();
  bench.io.poll();
  CHECK(bench.told().size() == 1);
  bench.notifier->hold_address(false);
  CHECK(bench.tells({"all INSTANCE cache MASTER 250", "all INSTANCE cache FAULT 250"}));
}

TEST_CASE("one runs at a time, and what comes meanwhile waits its turn") {
  NotifierBench bench;
  bench.use({.master = {bench.waiter("master")}, .backup = {bench.writer("backup")}});
  bench.becomes(State::serving);
  REQUIRE(bench.tells({"master begins"}));
  bench.becomes(State::standby);
  bench.write("go", "");
  CHECK(bench.tells({"master begins", "master ends", "backup"}));
}

TEST_CASE("one that hangs is killed with all it started, and the next one runs") {
  NotifierBench bench;
  const auto pids = (bench.folder / "pids").string();
  const auto hanging = bench.script(
      "#!/bin/sh\nsleep 1000 &\necho $! > " + pids + "\necho $$ >> " + pids + "\nwait\n", "hangs");
  bench.use({.master = {hanging}, .backup = {bench.writer("backup")}, .timeout = Millis{300}});
  bench.becomes(State::serving);
  bench.becomes(State::standby);
  CHECK(bench.tells({"backup"}));
  const auto started = bench.lines("pids");
  REQUIRE(started.size() == 2);
  CHECK(bench.eventually([&] { return ended(started[0]) && ended(started[1]); }));
}

TEST_CASE("one that cannot be started keeps nothing from running") {
  NotifierBench bench;
  bench.use({.all = {bench.writer("all")}, .master = {"/nonexistent/program"}});
  bench.becomes(State::serving);
  CHECK(bench.tells({"all INSTANCE cache MASTER 250"}));
}

TEST_CASE("when too much waits the oldest is left out, never the latest") {
  NotifierBench bench;
  bench.use({.all = {bench.waiter("all")}, .fault = {bench.writer("fault", "$REDVIP_PREVIOUS")}});
  bench.becomes(State::serving);
  REQUIRE(bench.tells({"all begins"}));
  for (int i = 0; i < 20; ++i) {
    bench.becomes(State::standby);
    bench.becomes(State::serving);
  }
  bench.becomes(State::fault);
  bench.write("go", "");
  REQUIRE(bench.eventually([&] {
    const auto told = bench.told();
    return std::ranges::find(told, "fault serving") != told.end() && told.back() == "all ends";
  }));
  const auto told = bench.told();
  CHECK(std::ranges::count(told, "all begins") == 10);  // one that ran, eight, and FAULT
}

TEST_CASE("the end waits for the last word, but no longer than the time limit") {
  NotifierBench bench;
  bench.use({.stop = {bench.waiter("stop")}, .timeout = Seconds{100}});
  bench.becomes(State::standby);
  bench.stop();
  REQUIRE(bench.tells({"stop begins"}));
  CHECK_FALSE(bench.stopped);
  bench.write("go", "");
  CHECK(bench.eventually([&] { return bench.stopped; }));
  CHECK(bench.told() == Lines{"stop begins", "stop ends"});

  NotifierBench impatient;
  const auto pid = (impatient.folder / "pids").string();
  impatient.use(
      {.master = {impatient.script("#!/bin/sh\necho $$ > " + pid + "\nsleep 1000\n", "hangs")},
       .stop = {impatient.writer("stop")},
       .timeout = Millis{500}});
  impatient.becomes(State::serving);
  REQUIRE(impatient.eventually([&] { return impatient.lines("pids").size() == 1; }));
  impatient.stop();
  CHECK(impatient.eventually([&] { return impatient.stopped; }));
  CHECK(ended(impatient.lines("pids")[0]));
}

TEST_CASE("without programs the end comes at once") {
  NotifierBench bench;
  bench.use({});
  bench.becomes(State::serving);
  bench.stop();
  CHECK(bench.stopped);
}

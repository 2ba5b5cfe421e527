// Tracked scripts as real processes.
#include "daemon/track_script.hpp"

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "shell/daemon/track_support.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::ScriptTracker;

namespace {

struct ScriptBench : TrackBench {
  void track(std::vector<std::string> argv, Micros interval = Millis{20},
             Micros timeout = Seconds{10}, const std::string& user = "") {
    tracker.emplace(io, children, ScriptTrack{std::move(argv), interval, timeout, user}, "cache",
                    report());
  }
  std::string result_of(const std::string& path) {
    track({path}, Seconds{60});
    return next_report();
  }

  std::optional<ScriptTracker> tracker;
};

// A zombie does not: whoever has to reap it will get to it.
bool runs(const std::string& pid) {
  std::ifstream stat{"/proc/" + pid + "/stat"};
  std::string line;
  std::getline(stat, line);
  return !line.empty() && line.find(") Z ") == std::string::npos;
}

// The daemon at its worst: real time, signals blocked and ignored, groups, a secret.
struct Heavy {
  Heavy() {
    const sched_param urgent{1};
    REQUIRE(::sched_setscheduler(0, SCHED_FIFO, &urgent) == 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const gid_t group = 4;
    REQUIRE(::setgroups(1, &group) == 0);
    ::setenv("REDVIP_TEST_SECRET", "hidden", 1);
    REQUIRE(::dup2(STDIN_FILENO, 77) == 77);  // some libraries do not open with O_CLOEXEC
  }
  ~Heavy() {
    ::close(77);
    ::unsetenv("REDVIP_TEST_SECRET");
    ::setgroups(0, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    const sched_param ordinary{};
    ::sched_setscheduler(0, SCHED_OTHER, &ordinary);
  }
  sigset_t blocked;
};

// A daemon that is not root, as the kernel judges it.
struct Unprivileged {
  Unprivileged() { REQUIRE(::seteuid(65534) == 0); }
  ~Unprivileged() { (void)!::seteuid(0); }
};

}  // namespace

TEST_CASE("a script is fine when it exits with 0, and any other end says what it was") {
  ScriptBench bench;
  CHECK(bench.result_of(bench.script("#!/bin/sh\nexit 0\n")) == "fine");
  CHECK(bench.result_of(bench.script("#!/bin/sh\nexit 3\n")) == "exited with 3");
  CHECK(bench.result_of(bench.script("#!/bin/sh\nkill -9 $$\n")) == "was ended by signal 9");
  CHECK(bench.result_of(bench.script("#!/bin/sh\nnosuchcommand\n")) == "exited with 127");
}

TEST_CASE("a script that cannot be started is a failure that says why") {
  ScriptBench bench;
  const std::string missing =
      "cannot be started: it, or the interpreter in its first line, does not exist";
  CHECK(bench.result_of((bench.folder / "missing").string()) == missing);
  CHECK(bench.result_of(bench.script("#!/no/such/shell\n")) == missing);
  CHECK(bench.result_of(bench.write("plain", "#!/bin/sh\n")) ==
        "cannot be started: Permission denied");
  CHECK(bench.result_of(bench.folder.string()) == "cannot be started: Permission denied");
}

TEST_CASE("a script that was cut to nothing is a failure, though a shell would call it a success") {
  ScriptBench bench;
  CHECK(bench.result_of(bench.script("")) == "cannot be started: Exec format error");
}

TEST_CASE("a script for a user that does not exist is a failure, and is not run") {
  ScriptBench bench;
  const auto path = bench.script("#!/bin/sh\ntouch " + (bench.folder / "ran").string());
  bench.track({path}, Millis{5}, Seconds{10}, "nosuchuser");
  for (int i = 0; i < 3; ++i) {
    CHECK(bench.next_report() == "there is no user nosuchuser in /etc/passwd");
  }
  CHECK_FALSE(fs::exists(bench.folder / "ran"));
}

TEST_CASE("a script that takes too long is killed with everything it started") {
  ScriptBench bench;
  const auto pids = (bench.folder / "pids").string();
  bench.track({bench.script("#!/bin/sh\nsleep 1000 &\necho $$ $! >> " + pids + "\nwait\n")},
              Seconds{60}, Millis{500});
  CHECK(bench.next_report() == "took longer than 500 ms and was killed");
  const auto written = bench.lines("pids");
  REQUIRE(written.size() == 1);
  const auto space = written.front().find(' ');
  CHECK_FALSE(runs(written.front().substr(0, space)));
  CHECK(bench.eventually([&] { return !runs(written.front().substr(space + 1)); }));
}

TEST_CASE("a script runs as an unprivileged, ordinary process with nothing of the daemon's") {
  ScriptBench bench;
  const auto out = (bench.folder / "out").string();
  const auto path = bench.script(
      "#!/bin/sh\nexec > " + out +
      ".new\n"
      "echo user $(id -u) $(id -g) $(id -G)\n"
      "echo argument $1 $#\n"
      "grep -E '^(CapInh|CapPrm|CapEff|CapAmb|SigBlk|SigIgn):' /proc/self/status | tr '\\t' ' '\n"
      "echo session $(($(cut -d' ' -f6 /proc/$$/stat) - $$)) $(($(cut -d' ' -f5 /proc/$$/stat) - "
      "$$))\n"
      "echo policy $(cut -d' ' -f41 /proc/$$/stat)\n"
      "echo folder $PWD\n"
      "echo standard $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/2)\n"
      "test -e /proc/self/fd/77 && echo a descriptor\n"
      "tr '\\0' '\\n' < /proc/$$/environ | sort\n"
      "mv " +
      out + ".new " + out + "\n");
  {
    const Heavy heavy;
    bench.track({path, "one argument"}, Seconds{60});
    REQUIRE(bench.next_report() == "fine");
  }
  const std::vector<std::string> expected{
      "user 65534 65534 65534",
      "argument one argument 1",
      "SigBlk: 0000000000000000",
      "SigIgn: 0000000000000000",
      "CapInh: 0000000000000000",
      "CapPrm: 0000000000000000",
      "CapEff: 0000000000000000",
      "CapAmb: 0000000000000000",
      "session 0 0",
      "policy 0",
      "folder /",
      "standard /dev/null /dev/null",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "REDVIP_SERVICE=cache"};
  CHECK(bench.lines("out") == expected);
}

TEST_CASE("a daemon that is not root runs a script as itself, and as nobody else") {
  ScriptBench bench;
  const auto path = bench.script("#!/bin/sh\nexit 0\n");
  const Unprivileged daemon;
  bench.track({path}, Seconds{60});
  CHECK(bench.next_report() == "fine");
  bench.track({path}, Seconds{60}, Seconds{10}, "daemon");
  CHECK(bench.next_report() ==
        "cannot be started: setgroups: Operation not permitted; redvip may not run it as another "
        "user: leave `user` empty, or give the unit the drop-in script-users.conf of "
        "/usr/share/doc/redvip/examples");
}

TEST_CASE("the runs of a script that takes longer than its interval do not overlap") {
  ScriptBench bench;
  const auto lock = (bench.folder / "lock").string();
  bench.track({bench.script("#!/bin/sh\nmkdir " + lock + " || exit 1\nsleep 0.02\nrmdir " + lock)},
              Millis{1});
  for (int i = 0; i < 10; ++i) CHECK(bench.next_report() == "fine");
}

TEST_CASE("a killed script that does not end is a failure each time, and is not started again") {
  ScriptBench bench;
  daemon::Children forgotten{bench.io};  // that a process never ends is played by not reaping it
  bench.tracker.emplace(
      bench.io, forgotten,
      ScriptTrack{{bench.script("#!/bin/sh\necho run >> " + (bench.folder / "runs").string() +
                                "\nexec sleep 1000\n")},
                  Millis{10},
                  Millis{300}},
      "cache", bench.report());
  for (int i = 0; i < 3; ++i) CHECK(bench.next_report() == "was killed and does not end");
  CHECK(bench.lines("runs").size() == 1);
  forgotten.reap();
  CHECK(bench.next_report() == "took longer than 300 ms and was killed");
  CHECK(bench.next_report() == "was killed and does not end");
  CHECK(bench.lines("runs").size() == 2);
  bench.tracker.reset();
  forgotten.reap();
}

TEST_CASE("a tracker that is gone reports nothing of the run it had started") {
  ScriptBench bench;
  const auto go = (bench.folder / "go").string();
  bench.track({bench.script("#!/bin/sh\n: > " + go + ".up\nwhile ! test -e " + go +
                            "; do sleep 0.01; done\n: > " + go + ".down")});
  REQUIRE(bench.eventually([&] { return fs::exists(go + ".up"); }));
  bench.tracker.reset();
  bench.write("go", "");
  REQUIRE(bench.eventually([&] { return fs::exists(go + ".down"); }));
  bool told = false;  // of the end of a child that ended later
  bench.children.start({"sleep", "0.1"}, {}, Seconds{10}, [&](const auto&) { told = true; });
  REQUIRE(bench.eventually([&] { return told; }));
  CHECK(bench.reports.empty());
}

TEST_CASE("a script does not outlive the daemon") {
  ScriptBench bench;
  const auto pid = (bench.folder / "pid").string();
  const auto path = bench.script("#!/bin/sh\necho $$ > " + pid + ".new\nmv " + pid + ".new " + pid +
                                 "\nexec sleep 1000\n");
  const pid_t daemon = ::fork();
  if (daemon == 0) {
    bench.track({path}, Seconds{60}, Seconds{1000});
    bench.eventually([&] { return fs::exists(pid); });
    ::_exit(0);
  }
  REQUIRE(::waitpid(daemon, nullptr, 0) == daemon);
  REQUIRE(bench.lines("pid").size() == 1);
  CHECK(bench.eventually([&] { return !runs(bench.lines("pid").front()); }));
}

TEST_CASE("a child keeps the daemon's environment and finds its program in PATH") {
  TrackBench bench;
  std::vector<Result<void>> ends;
  const auto ended = [&](const Result<void>& end) { ends.push_back(end); };
  ::setenv("REDVIP_TEST_SECRET", "known", 1);
  bench.children.start({"sh", "-c", "test $REDVIP_TEST_SECRET$MORE = known.more"},
                       {{"MORE", ".more"}}, Seconds{10}, ended);
  ::unsetenv("REDVIP_TEST_SECRET");
  REQUIRE(bench.eventually([&] { return ends.size() == 1; }));
  CHECK(ends.front());
  bench.children.start({"no-such-program"}, {}, Seconds{10}, ended);
  REQUIRE(bench.eventually([&] { return ends.size() == 2; }));
  CHECK(ends.back().error().text().find("no-such-program: cannot be started: it") == 0);
}

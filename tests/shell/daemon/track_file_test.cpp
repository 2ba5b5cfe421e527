// Tracked files on a real file system.
#include "daemon/track_file.hpp"

#include <sys/stat.h>

#include <optional>

#include "shell/daemon/track_support.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::FileTracker;

namespace {

struct FileBench : TrackBench {
  std::string result_of(const std::string& path) {
    tracker.emplace(io, FileTrack{path, Seconds{60}}, report());
    return next_report();
  }
  std::optional<FileTracker> tracker;
};

}  // namespace

TEST_CASE("a file is judged by what it says at its next interval") {
  FileBench bench;
  const auto path = bench.write("state", "");
  const auto says = [&](const std::string& expected) {
    return bench.eventually(
        [&] { return !bench.reports.empty() && bench.reports.back() == expected; });
  };
  bench.tracker.emplace(bench.io, FileTrack{path, Millis{5}}, bench.report());
  CHECK(says("fine"));
  bench.write("state", "1\n");
  CHECK(says("holds 1, not 0"));
  bench.write("state", "0\n");
  CHECK(says("fine"));
  fs::remove(path);
  CHECK(says("cannot be opened: No such file or directory"));
  bench.write("state", "0\n");
  CHECK(says("fine"));
}

TEST_CASE("of a large file no more is read than a number may have") {
  FileBench bench;
  CHECK(bench.result_of(bench.write("large", std::string(1 << 20, ' '))) ==
        "is too long, holds \"\"");
}

TEST_CASE("what is not a regular file is a failure, and nothing waits for it") {
  FileBench bench;
  const auto fifo = (bench.folder / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  for (const auto& path : {fifo, bench.folder.string(), std::string{"/dev/zero"}}) {
    CHECK(bench.result_of(path) == "is not a regular file");
  }
}

TEST_CASE("a file tracker that is gone reports nothing") {
  FileBench bench;
  bench.tracker.emplace(bench.io, FileTrack{bench.write("state", ""), Millis{1}}, bench.report());
  REQUIRE(bench.next_report() == "fine");
  bench.tracker.reset();
  const auto before = bench.reports.size();
  bench.io.restart();
  bench.io.run_for(Millis{50});
  CHECK(bench.reports.size() == before);
}

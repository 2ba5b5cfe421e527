// A loop with Children and their SIGCHLD, a folder of scripts, and what a check reported.
#pragma once

#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "daemon/children.hpp"

namespace redvip::test {

namespace fs = std::filesystem;

class TrackBench {
 public:
  TrackBench() {
    char name[] = "/tmp/redvip-track-XXXXXX";
    folder = ::mkdtemp(name);
    fs::permissions(folder, fs::perms::all);  // scripts run as nobody and write here
    reap();
  }
  ~TrackBench() { fs::remove_all(folder); }
  TrackBench(const TrackBench&) = delete;
  TrackBench& operator=(const TrackBench&) = delete;

  // An executable file; its path.
  std::string script(const std::string& text, const std::string& name = "check.sh") const {
    write(name, text);
    fs::permissions(folder / name, fs::perms{0755});
    return (folder / name).string();
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{folder / name} << text;
    return (folder / name).string();
  }
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const {
    std::ifstream stream{folder / name};
    std::vector<std::string> result;
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
  }

  // Takes the results of a check, as "fine" or why not.
  auto report() {
    return [this](const Result<void>& result) {
      reports.push_back(result ? "fine" : result.error().message);
    };
  }

  // Runs the loop until it holds. The deadline only bounds a failure.
  bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + Seconds{20};
    while (!holds() && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(Millis{100});
    }
    return holds();
  }
  std::string next_report() {
    const auto before = reports.size();
    REQUIRE(eventually([&] { return reports.size() > before; }));
    return reports[before];
  }

  boost::asio::io_context io;
  daemon::Children children{io};
  fs::path folder;
  std::vector<std::string> reports;

 private:
  void reap() {
    ended_.async_wait([this](auto error, int) {
      if (error) return;
      children.reap();
      reap();
    });
  }
  boost::asio::signal_set ended_{io, SIGCHLD};
};

}  // namespace redvip::test

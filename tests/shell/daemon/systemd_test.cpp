// What systemd is told, at the socket where it would listen.
#include "daemon/systemd.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <thread>

#include "catch.hpp"

using namespace redvip;
using namespace redvip::daemon;

namespace {

// systemd's end: an abstract datagram socket, and the environment that names it.
class FakeManager {
 public:
  FakeManager() : fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
    const std::string name = "redvip-notify-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(&address.sun_path[1], name.size());
    const auto length = offsetof(sockaddr_un, sun_path) + 1 + name.size();
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(length)) == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~FakeManager() {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(fd_);
  }
  FakeManager(const FakeManager&) = delete;
  FakeManager& operator=(const FakeManager&) = delete;

  void watch(Micros limit, pid_t pid = ::getpid()) const {
    ::setenv("WATCHDOG_USEC", std::to_string(limit.count()).c_str(), 1);
    ::setenv("WATCHDOG_PID", std::to_string(pid).c_str(), 1);
  }
  [[nodiscard]] std::vector<std::string> heard() const {
    std::vector<std::string> all;
    std::array<char, 512> text{};
    for (ssize_t size = 0; (size = ::recv(fd_, text.data(), text.size(), 0)) >= 0;) {
      all.emplace_back(text.data(), static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int fd_;
};

using Texts = std::vector<std::string>;

ServiceStatus in_state(const std::string& name, const std::string& state) {
  ServiceStatus service;
  service.name = name;
  service.state = state;
  return service;
}

std::int64_t monotonic_microseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

TEST_CASE("systemd hears of readiness, reload and stopping in its own words") {
  const FakeManager manager;
  boost::asio::io_context io;
  Systemd systemd{io};
  systemd.ready();
  systemd.stopping();
  CHECK(manager.heard() == Texts{"READY=1", "STOPPING=1"});
  const auto before = monotonic_microseconds();
  systemd.reloading();
  const auto after = monotonic_microseconds();
  const auto said = manager.heard();
  REQUIRE(said.size() == 1);
  const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(said[0].substr(0, head.size()) == head);
  const auto time = std::stoll(said[0].substr(head.size()));
  CHECK((before <= time && time <= after));
}

TEST_CASE("a status line is said once, until it is another") {
  const FakeManager manager;
  boost::asio::io_context io;
  Systemd systemd{io};
  for (const auto* line : {"cache: starting", "cache: serving", "cache: serving"}) {
    systemd.show(line);
  }
  CHECK(manager.heard() == Texts{"STATUS=cache: starting", "STATUS=cache: serving"});
}

TEST_CASE("services are named with their states, and many are counted") {
  auto paused = in_state("sessions", "standby");
  paused.paused = true;
  std::vector<ServiceStatus> services{in_state("cache", "serving"), paused};
  CHECK(systemd_line(services) == "cache: serving, sessions: standby (paused)");
  services.resize(5, in_state("more", "serving"));
  CHECK(systemd_line(services) == "5 services: 4 serving, 1 standby");
}

TEST_CASE("the watchdog is fed by a loop that turns, and not by one that is stuck") {
  const FakeManager manager;
  manager.watch(Millis{30});
  boost::asio::io_context io;
  const Systemd systemd{io};
  CHECK(manager.heard() == Texts{"WATCHDOG=1"});
  std::this_thread::sleep_for(Millis{50});  // stuck
  CHECK(manager.heard().empty());
  std::size_t fed = 0;
  for (int turn = 0; turn < 1000 && fed < 3; ++turn) {
    io.run_one();
    fed += manager.heard().size();
  }
  CHECK(fed == 3);
}

TEST_CASE("without systemd, or with a watchdog that is another process's, nothing is said") {
  boost::asio::io_context io;
  {
    const FakeManager manager;
    manager.watch(Millis{30}, 1);
    const Systemd systemd{io};
    CHECK(io.run() == 0);
    CHECK(manager.heard().empty());
  }
  Systemd systemd{io};
  systemd.ready();
  systemd.show("cache: serving");
}

// AH against the real keepalived: it is the authentication that has a state on both sides, and that
// no standard describes as keepalived does it.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

namespace fs = std::filesystem;

std::string config(bool unicast) {
  return std::string{R"(vrrp_instance cache {
  state BACKUP
  interface wire
  virtual_router_id 51
  priority 100
  advert_int 1
  authentication {
    auth_type AH
    auth_pass s3cr3t78
  }
)"} + (unicast ? "  unicast_peer {\n    10.0.0.1\n  }\n" : "") +
         "  virtual_ipaddress {\n    10.0.0.100/24\n  }\n}\n";
}

// On a host, with priority 100; it ends with this object.
class Keepalived {
 public:
  Keepalived(const lan::Host& host, bool unicast)
      : folder_{fs::temp_directory_path() / ("redvip-ah-" + std::to_string(::getpid()))} {
    fs::create_directory(folder_);
    std::ofstream{folder_ / "keepalived.conf"} << config(unicast);
    host.inside([&] {
      pid_ = ::fork();
      if (pid_ == 0) run();
    });
  }
  ~Keepalived() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    fs::remove_all(folder_);
  }
  Keepalived(const Keepalived&) = delete;
  Keepalived& operator=(const Keepalived&) = delete;

  // How often the log says so.
  [[nodiscard]] int said(const std::string& what) const {
    std::ifstream file{folder_ / "log"};
    const std::string log{std::istreambuf_iterator<char>{file}, {}};
    int times = 0;
    for (auto at = log.find(what); at != log.npos; at = log.find(what, at + 1)) ++times;
    return times;
  }

 private:
  [[noreturn]] void run() const {
    const auto conf = folder_ / "keepalived.conf";
    const auto pid = folder_ / "pid";
    const auto vrrp_pid = folder_ / "vrrp.pid";
    const auto log = folder_ / "log";
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) ::_exit(126);
    ::execlp("keepalived", "keepalived", "-P", "-n", "-l", "-D", "-f", conf.c_str(), "-p",
             pid.c_str(), "-r", vrrp_pid.c_str(), nullptr);
    ::_exit(127);
  }

  fs::path folder_;
  pid_t pid_ = -1;
};

struct AhPeer {
  Lan& lan;
  bool unicast;
  SequenceNumbers numbers{};
  Inbox inbox{};
  std::unique_ptr<Socket> socket =
      lan.open(lan.left, {{"wire"}, left_address, unicast, true}, inbox.handler());

  static WallTime now() {
    return std::chrono::time_point_cast<Micros>(std::chrono::system_clock::now());
  }

  void advertise() {
    const Advertisement advertisement{
        Version::v2, Vrid::of(51), Priority::of(150), Centiseconds{100}, {ip("10.0.0.100")}};
    const auto to = unicast ? right_address : group4;
    REQUIRE(socket->send(encode(advertisement, {left_address, to, {}, ah, numbers.next(ah, now())}),
                         to));
  }

  // Advertises twice a second, so that the sequence runs ahead of the clock.
  template <class Condition>
  bool advertise_until(Condition condition, int at_most = 40) {
    for (int times = 0; times < at_most && !condition(); ++times) {
      advertise();
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
      while (lan.io.run_one_until(end) > 0) {
      }
    }
    return condition();
  }

  void hear_one() {
    inbox.packets.clear();
    REQUIRE(lan.eventually([&] { return !inbox.packets.empty(); }));
    const auto heard = receive(inbox.packets.front().datagram(), expectation(), numbers, now());
    REQUIRE(heard);
    CHECK(heard->advertisement.priority == Priority::of(100));
  }

 private:
  Expectation expectation() const {
    auto expected = expected_at_right(Family::ipv4, unicast);
    expected.version = Version::v2;
    expected.interval = Centiseconds{100};
    expected.self = left_address;
    expected.peers = {right_address};
    expected.authentication = ah;
    return expected;
  }
};

}  // namespace

TEST_CASE("ah: keepalived believes us, we believe it, and our restart is no replay to it") {
  for (const bool unicast : {false, true}) {
    Lan lan;
    AhPeer us{lan, unicast};
    const Keepalived keepalived{lan.right, unicast};

    REQUIRE(us.advertise_until([&] { return keepalived.said("Entering BACKUP STATE") == 1; }));
    // 5 s: its Master_Down_Interval is 3.6 s.
    REQUIRE_FALSE(us.advertise_until([&] { return !us.inbox.packets.empty(); }, 10));

    // A node that starts anew listens first, and goes on above what it heard: its own numbers of
    // before are ahead of the clock.
    us.numbers = SequenceNumbers{};
    us.hear_one();
    CHECK(us.advertise_until([&] { return keepalived.said("Entering BACKUP STATE") == 2; }));
    CHECK(keepalived.said("already processed") == 0);
  }
}

}  // namespace redvip::vrrp

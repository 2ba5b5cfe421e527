// Tracked addresses, across a cable between two network namespaces.
#include "daemon/track_ping.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>

#include "shell/daemon/track_support.hpp"
#include "shell/vrrp/two_hosts.hpp"

using namespace redvip;
using namespace redvip::test;
using daemon::PingTracker;

namespace {

// We are on the left, 10.0.0.1 and fd00::1; the right is 10.0.0.2 and fd00::2. The kernel lets
// datagram sockets for ICMP to the groups of ping_group_range only.
struct PingBench : TrackBench {
  explicit PingBench(bool datagram) {
    const std::string groups = datagram ? "0 2147483647" : "1 0";
    hosts.left.run("echo " + groups + " > /proc/sys/net/ipv4/ping_group_range");
    hosts.left.run("ip link set lo up");
    hosts.left.run("ip -6 address add fd00::1/64 dev wire nodad");
    hosts.right.run("ip -6 address add fd00::2/64 dev wire nodad");
  }
  void track(const std::string& target, Micros interval, Micros timeout) {
    tracker.emplace(io, PingTrack{IpAddress::parse(target).value(), interval, timeout}, report());
  }
  // The sockets of a check are opened while the loop runs: on the left.
  std::string result() {
    return hosts.left.inside([&] { return next_report(); });
  }
  std::string result_of(const std::string& target, Micros timeout = Seconds{10}) {
    track(target, Seconds{60}, timeout);
    return result();
  }

  vrrp::lan::TwoHosts hosts;
  std::optional<PingTracker> tracker;
};

// Another host on the right: what it makes of a request is what it sends back.
class Responder {
 public:
  using Octets = std::array<std::uint8_t, 16>;

  Responder(PingBench& bench, const std::string& source, std::function<void(Octets&)> make)
      : descriptor_{bench.io}, make_{std::move(make)} {
    bench.hosts.right.run("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
    descriptor_.assign(bench.hosts.right.inside(
        [] { return ::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP); }));
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(IpAddress::parse(source).value().v4());
    REQUIRE(::bind(descriptor_.native_handle(), reinterpret_cast<sockaddr*>(&from), sizeof from) ==
            0);
    // Bound, it would hear only what is sent to `source`.
    listener_.emplace(bench.io, bench.hosts.right.inside([] {
      return ::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
    }));
    wait();
  }

 private:
  void wait() {
    listener_->async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](auto error) {
      if (error) return;
      answer();
      wait();
    });
  }
  void answer() {
    std::array<std::uint8_t, 128> packet{};
    const auto size = ::recv(listener_->native_handle(), packet.data(), packet.size(), 0);
    if (size != 36 || packet[20] != 8) return;
    Octets message{};
    std::copy_n(packet.begin() + 20, message.size(), message.begin());
    message[0] = 0;
    make_(message);
    seal(message);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::copy_n(packet.begin() + 12, 4, reinterpret_cast<std::uint8_t*>(&to.sin_addr));
    (void)!::sendto(descriptor_.native_handle(), message.data(), message.size(), 0,
                    reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  static void seal(Octets& message) {
    message[2] = message[3] = 0;
    unsigned sum = 0;
    for (std::size_t i = 0; i < message.size(); i += 2) sum += message[i] * 256U + message[i + 1];
    sum = ~((sum & 0xffff) + (sum >> 16));
    message[2] = static_cast<std::uint8_t>(sum >> 8);
    message[3] = static_cast<std::uint8_t>(sum);
  }

  boost::asio::posix::stream_descriptor descriptor_;
  std::optional<boost::asio::posix::stream_descriptor> listener_;
  std::function<void(Octets&)> make_;
};

}  // namespace

TEST_CASE("an address that answers is fine, in both families, with and without raw sockets") {
  PingBench bench{GENERATE(true, false)};
  for (const auto* target : {"10.0.0.2", "fd00::2", "10.0.0.1", "fd00::1", "127.0.0.1"}) {
    INFO(target);
    CHECK(bench.result_of(target) == "fine");
  }
}

TEST_CASE("an address that does not answer is a failure, each interval, until it does") {
  PingBench bench{GENERATE(true, false)};
  bench.track("10.0.0.2", Millis{10}, Millis{500});
  CHECK(bench.result() == "fine");
  bench.hosts.right.run("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
  const auto says = [&](const std::string& expected) {
    return bench.hosts.left.inside(
        [&] { return bench.eventually([&] { return bench.reports.back() == expected; }); });
  };
  CHECK(says("no answer within 500 ms"));
  CHECK(bench.result() == "no answer within 500 ms");
  bench.hosts.right.run("echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
  CHECK(says("fine"));
}

TEST_CASE("what the kernel says of an address is the reason") {
  PingBench bench{GENERATE(true, false)};
  const std::string unreachable = "cannot be asked: Network is unreachable";
  CHECK(bench.result_of("192.0.2.1") == unreachable);
  CHECK(bench.result_of("2001:db8::1") == unreachable);
  bench.hosts.left.run("ip route add unreachable 192.0.2.0/24");
  CHECK(bench.result_of("192.0.2.1") == "cannot be asked: No route to host");
  // Nobody is there: the kernel gives up, here after the first question and not the third.
  for (const auto* family : {"ipv4", "ipv6"}) {
    bench.hosts.left.run("echo 1 > /proc/sys/net/" + std::string{family} +
                         "/neigh/wire/mcast_solicit");
  }
  CHECK(bench.result_of("10.0.0.9") == "cannot be reached: No route to host");
  CHECK(bench.result_of("fd00::9") == "cannot be reached: No route to host");
}

TEST_CASE("what another router says of an address is the reason") {
  PingBench bench{GENERATE(true, false)};
  bench.hosts.left.run("ip route add 192.0.2.0/24 via 10.0.0.2");
  bench.hosts.right.run("echo 1 > /proc/sys/net/ipv4/ip_forward");
  bench.hosts.right.run("ip route add unreachable 192.0.2.0/24");
  CHECK(bench.result_of("192.0.2.1") == "cannot be reached: No route to host");
}

TEST_CASE("after a network that was gone an address is asked again") {
  PingBench bench{GENERATE(true, false)};
  bench.hosts.left.run("ip link set wire down");
  bench.track("10.0.0.2", Millis{10}, Millis{500});
  CHECK(bench.result() == "cannot be asked: Network is unreachable");
  bench.hosts.left.run("ip link set wire up");
  CHECK(bench.hosts.left.inside(
      [&] { return bench.eventually([&] { return bench.reports.back() == "fine"; }); }));
}

TEST_CASE("only the answer to our request, from where it was sent, is one") {
  using Octets = Responder::Octets;
  struct Reply {
    const char* what;
    const char* source;
    std::function<void(Octets&)> make;
    const char* result;
  };
  const auto reply = GENERATE(
      Reply{"the right one", "10.0.0.2", [](Octets&) {}, "fine"},
      Reply{"from another address", "10.0.0.3", [](Octets&) {}, "no answer within 300 ms"},
      Reply{"another type", "10.0.0.2", [](Octets& m) { m[0] = 13; }, "no answer within 300 ms"},
      Reply{"another code", "10.0.0.2", [](Octets& m) { m[1] = 1; }, "no answer within 300 ms"},
      Reply{"another sequence", "10.0.0.2", [](Octets& m) { ++m[7]; }, "no answer within 300 ms"},
      Reply{"another ping's", "10.0.0.2", [](Octets& m) { ++m[15]; }, "no answer within 300 ms"});
  PingBench bench{GENERATE(true, false)};
  INFO(reply.what);
  bench.hosts.right.run("ip address add 10.0.0.3/24 dev wire");
  const Responder responder{bench, reply.source, reply.make};
  CHECK(bench.result_of("10.0.0.2", Millis{300}) == reply.result);
}

TEST_CASE("an answer that is there when we come late counts") {
  PingBench bench{true};
  bench.track("10.0.0.2", Seconds{60}, Millis{100});
  bench.hosts.left.inside([&] { bench.io.run_one(); });  // the request is sent
  ::usleep(300'000);                                     // and we are not scheduled
  CHECK(bench.result() == "fine");
}

TEST_CASE("a ping tracker that is gone reports nothing, whatever comes") {
  PingBench bench{GENERATE(true, false)};
  bench.track("10.0.0.2", Seconds{60}, Millis{50});
  bench.hosts.left.inside([&] { bench.io.run_one(); });
  bench.tracker.reset();
  bench.io.restart();
  bench.io.run_for(Millis{100});
  CHECK(bench.reports.empty());
}

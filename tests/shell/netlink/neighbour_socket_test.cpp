#include "netlink/neighbour_socket.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "namespace.hpp"
#include "netlink/monitor.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

using Claims = std::vector<Claim>;

IpAddress either_vip() {
  return address(either_family() == Family::ipv4 ? "10.77.0.100" : "fd00:77::100");
}

// Two ends of a cable: v0 is ours, v1 the peer's. Nothing but what a test sends is on it.
struct OpenCable : Namespace {
  OpenCable() {
    run("ip link add v0 address 02:00:00:00:00:0a type veth "
        "peer name v1 address 02:00:00:00:00:0b");
    run("for i in v0 v1; do echo 1 > /proc/sys/net/ipv6/conf/$i/addr_gen_mode; done");
    run("ip link set v0 up && ip link set v1 up");
    REQUIRE(eventually(io, [&] { return is_up("v0") && is_up("v1"); }));
  }

  // Until then the kernel drops what is sent, without an error.
  static bool is_up(const std::string& name) {
    boost::asio::io_context unused;
    const auto monitor = Monitor::open(
        unused, [](const Snapshot&) {}, [](const Error& error) { FAIL(error.text()); });
    REQUIRE(monitor);
    return monitor->snapshot().by_name(name)->up;
  }

  NeighbourSocket open(const std::string& name, Mac mac, Claims& heard) {
    Interface interface;
    interface.index = static_cast<int>(if_nametoindex(name.c_str()));
    interface.name = name;
    interface.mac = mac;
    auto socket = NeighbourSocket::open(
        io, interface, [&](const Claim& each) { heard.push_back(each); },
        [](const Error& error) { FAIL(error.text()); });
    INFO((socket ? "" : socket.error().text()));
    REQUIRE(socket);
    return std::move(*socket);
  }

  boost::asio::io_context io;
  Claims heard_by_us;
  Claims heard_by_peer;
};

// All that arrives at v1, first to last.
class PeerWire {
 public:
  PeerWire() {
    sockaddr_ll peer_end{};
    peer_end.sll_family = AF_PACKET;
    peer_end.sll_protocol = htons(ETH_P_ALL);
    peer_end.sll_ifindex = static_cast<int>(if_nametoindex("v1"));
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&peer_end), sizeof(peer_end)) == 0);
    const timeval patience{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  PeerWire(const PeerWire&) = delete;
  PeerWire& operator=(const PeerWire&) = delete;
  ~PeerWire() { close(fd_); }
  Frame next() const {
    Frame frame(2000);
    const auto size = recv(fd_, frame.data(), frame.size(), 0);
    REQUIRE(size > 0);
    frame.resize(static_cast<std::size_t>(size));
    return frame;
  }

 private:
  int fd_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
};

}  // namespace

TEST_CASE("an announcement and a probe reach the wire as the frames they should be") {
  const auto vip = either_vip();
  CAPTURE(vip.text());
  OpenCable cable;
  const PeerWire wire;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  REQUIRE(ours.announce(peer_mac, vip, true));
  CHECK(wire.next() == announcement(peer_mac, vip, true));
  REQUIRE(ours.announce(our_mac, vip));
  CHECK(wire.next() == announcement(our_mac, vip, false));
  REQUIRE(ours.probe(vip));
  CHECK(wire.next() == probe(our_mac, vip));
}

TEST_CASE("another holder's announcement of our VIP is heard, our own is not") {
  const auto vip = either_vip();
  CAPTURE(vip.text());
  OpenCable cable;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  auto peers = cable.open("v1", peer_mac, cable.heard_by_peer);
  REQUIRE(ours.announce(our_mac, vip));
  REQUIRE(peers.announce(our_mac, vip));  // reflected by a switch
  REQUIRE(peers.announce(peer_mac, vip));

  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_us.empty(); }));
  CHECK(cable.heard_by_us == Claims{{peer_mac, vip}});
  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_peer.empty(); }));
  CHECK(cable.heard_by_peer == Claims{{our_mac, vip}});
}

TEST_CASE("an address that another kernel has answers a probe, with its MAC") {
  const auto vip = either_vip();
  CAPTURE(vip.text());
  OpenCable cable;
  run("ip addr add 10.77.0.100/24 dev v1 && ip addr add fd00:77::100/64 nodad dev v1");
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  REQUIRE(ours.probe(vip));
  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_us.empty(); }));
  CHECK(cable.heard_by_us == Claims{{peer_mac, vip}});
}

TEST_CASE("a probe for an address that nobody has is answered by nobody, and teaches nobody") {
  const bool v4 = either_family() == Family::ipv4;
  const auto taken = address(v4 ? "10.77.0.100" : "fd00:77::100");
  const auto free = address(v4 ? "10.77.0.101" : "fd00:77::101");
  CAPTURE(free.text());
  OpenCable cable;
  run("ip addr add 10.77.0.100/24 dev v1 && ip addr add fd00:77::100/64 nodad dev v1");
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  REQUIRE(ours.probe(free));
  REQUIRE(ours.probe(taken));  // whose answer comes after any to the first
  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_us.empty(); }));
  CHECK(cable.heard_by_us == Claims{{peer_mac, taken}});
  run("test -z \"$(ip neighbour show dev v1)\"");
}

TEST_CASE("IPv6 packets other than advertisements wake nobody") {
  OpenCable cable;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  auto peers = cable.open("v1", peer_mac, cable.heard_by_peer);
  for (int i = 0; i < 20; ++i) REQUIRE(peers.probe(address("fd00:77::9")));
  const auto handled = cable.io.poll();
  CHECK(handled == 0);
  REQUIRE(peers.announce(peer_mac, address("fd00:77::9")));
  CHECK(eventually(cable.io, [&] { return !cable.heard_by_us.empty(); }));
}

TEST_CASE("neighbours are heard again after the interface was down") {
  const auto vip = either_vip();
  CAPTURE(vip.text());
  OpenCable cable;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  auto peers = cable.open("v1", peer_mac, cable.heard_by_peer);
  run("ip link set v0 down");
  cable.io.poll();
  CHECK_FALSE(ours.announce(our_mac, vip));
  CHECK_FALSE(ours.probe(vip));
  run("ip link set v0 up");
  CHECK(eventually(cable.io, [&] {
    REQUIRE(peers.announce(peer_mac, vip));
    return !cable.heard_by_us.empty();
  }));
  CHECK(ours.announce(our_mac, vip));
}

TEST_CASE("neighbours on an interface that does not exist are an error that names it") {
  Namespace space;
  boost::asio::io_context io;
  Interface nowhere;
  nowhere.index = 99;
  nowhere.name = "v9";
  const auto socket = NeighbourSocket::open(
      io, nowhere, [](const Claim&) {}, [](const Error&) {});
  REQUIRE_FALSE(socket);
  CHECK(socket.error().message.find("v9") != std::string::npos);
}

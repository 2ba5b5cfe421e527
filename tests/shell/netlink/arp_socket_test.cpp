#include "netlink/arp_socket.hpp"

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

const Mac our_mac{2, 0, 0, 0, 0, 0x0a};
const Mac peer_mac{2, 0, 0, 0, 0, 0x0b};
const Ipv4 vip = address("10.77.0.100");

// Two ends of a cable: v0 is ours, v1 the peer's.
struct Cable : Namespace {
  Cable() {
    run("ip link add v0 address 02:00:00:00:00:0a type veth "
        "peer name v1 address 02:00:00:00:00:0b");
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

  ArpSocket open(const std::string& name, Mac mac, std::vector<ArpAnnouncement>& heard) {
    Interface interface;
    interface.index = static_cast<int>(if_nametoindex(name.c_str()));
    interface.name = name;
    interface.mac = mac;
    auto socket = ArpSocket::open(
        io, interface, [&](const ArpAnnouncement& each) { heard.push_back(each); },
        [](const Error& error) { FAIL(error.text()); });
    REQUIRE(socket);
    return std::move(*socket);
  }

  boost::asio::io_context io;
  std::vector<ArpAnnouncement> heard_by_us;
  std::vector<ArpAnnouncement> heard_by_peer;
};

}  // namespace

TEST_CASE("an announcement reaches the wire as the gratuitous ARP it should be") {
  Cable cable;
  const int wire = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP));
  sockaddr_ll peer_end{};
  peer_end.sll_family = AF_PACKET;
  peer_end.sll_protocol = htons(ETH_P_ARP);
  peer_end.sll_ifindex = static_cast<int>(if_nametoindex("v1"));
  REQUIRE(bind(wire, reinterpret_cast<sockaddr*>(&peer_end), sizeof(peer_end)) == 0);

  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  REQUIRE(ours.announce(our_mac, vip));
  std::array<std::uint8_t, 100> frame{};
  const timeval patience{20, 0};
  setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const auto size = recv(wire, frame.data(), frame.size(), 0);
  close(wire);
  REQUIRE(size == 42);
  CHECK(std::equal(frame.begin(), frame.begin() + 42, gratuitous_arp(our_mac, vip).begin()));
}

TEST_CASE("another holder's announcement of our VIP is heard, our own is not") {
  Cable cable;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  auto peers = cable.open("v1", peer_mac, cable.heard_by_peer);
  REQUIRE(ours.announce(our_mac, vip));
  REQUIRE(peers.announce(our_mac, vip));  // reflected by a switch
  REQUIRE(peers.announce(peer_mac, vip));

  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_us.empty(); }));
  CHECK(cable.heard_by_us == std::vector{ArpAnnouncement{peer_mac, vip, vip}});
  REQUIRE(eventually(cable.io, [&] { return !cable.heard_by_peer.empty(); }));
  CHECK(cable.heard_by_peer == std::vector{ArpAnnouncement{our_mac, vip, vip}});
}

TEST_CASE("ARP is heard again after the interface was down") {
  Cable cable;
  auto ours = cable.open("v0", our_mac, cable.heard_by_us);
  auto peers = cable.open("v1", peer_mac, cable.heard_by_peer);
  run("ip link set v0 down");
  cable.io.poll();
  CHECK_FALSE(ours.announce(our_mac, vip));
  run("ip link set v0 up");
  CHECK(eventually(cable.io, [&] {
    REQUIRE(peers.announce(peer_mac, vip));
    return !cable.heard_by_us.empty();
  }));
  CHECK(ours.announce(our_mac, vip));
}

TEST_CASE("ARP on an interface that does not exist is an error that names it") {
  Namespace space;
  boost::asio::io_context io;
  Interface nowhere;
  nowhere.index = 99;
  nowhere.name = "v9";
  const auto socket = ArpSocket::open(
      io, nowhere, [](const ArpAnnouncement&) {}, [](const Error&) {});
  REQUIRE_FALSE(socket);
  CHECK(socket.error().message.find("v9") != std::string::npos);
}

#include "netlink/interface_settings.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include "namespace.hpp"
#include "netlink/arp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

struct SettingsHost : Namespace {
  SettingsHost() {
    run("ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up");
    index = static_cast<int>(if_nametoindex("v0"));
  }
  static InterfaceSettings open() {
    auto opened = InterfaceSettings::open();
    REQUIRE(opened);
    return std::move(*opened);
  }
  int get(Ipv4Setting setting) {
    const auto value = settings.get(index, setting);
    INFO((value ? "" : value.error().text()));
    REQUIRE(value);
    return *value;
  }
  void set(Ipv4Setting setting, int value) {
    const auto done = settings.set(index, setting, value);
    INFO((done ? "" : done.error().text()));
    REQUIRE(done);
  }

  int index = 0;
  InterfaceSettings settings = open();
};

const auto node = address("10.77.0.1");
const auto vip = address("10.77.0.100");
const auto neighbour = address("10.77.0.9");

sockaddr_in ipv4(IpAddress address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(9);
  result.sin_addr.s_addr = htonl(address.v4());
  return result;
}

// As Redis answers its clients: from the address that they asked.
void send_datagram(IpAddress from, IpAddress to) {
  const auto source = ipv4(from);
  const auto target = ipv4(to);
  const int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(sender, reinterpret_cast<const sockaddr*>(&source), sizeof(source)) == 0);
  REQUIRE(sendto(sender, "x", 1, 0, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) ==
          1);
  close(sender);
}

// The far end of the cable.
int listener_to_arp() {
  const int wire = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ARP);
  address.sll_ifindex = static_cast<int>(if_nametoindex("v1"));
  REQUIRE(bind(wire, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  const timeval patience{20, 0};
  setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return wire;
}

// Who asks for that address first.
IpAddress arp_sender(int wire, IpAddress target) {
  for (;;) {
    std::array<std::uint8_t, 100> frame{};
    const auto size = recv(wire, frame.data(), frame.size(), 0);
    REQUIRE(size > 0);
    const auto request = parse_arp(std::span{frame}.first(static_cast<std::size_t>(size)));
    if (request && request->target_ip == target) return request->sender_ip;
  }
}

}  // namespace

TEST_CASE("each setting is the one that /proc/sys has under its name, and only that") {
  const auto setting = GENERATE(Ipv4Setting::rp_filter, Ipv4Setting::arp_filter,
                                Ipv4Setting::arp_announce, Ipv4Setting::arp_ignore,
                                Ipv4Setting::promote_secondaries, Ipv4Setting::accept_local);
  const std::string path = std::string{"/proc/sys/net/ipv4/conf/v0/"} + name(setting);
  CAPTURE(path);
  SettingsHost host;
  const auto others = "grep -H . /proc/sys/net/ipv4/conf/*/* 2>/dev/null | grep -v " + path;
  run(others + " > /tmp/redvip_settings." + std::to_string(getpid()));
  for (const int value : {1, 0}) {
    host.set(setting, value);
    CHECK(host.get(setting) == value);
    run("test $(cat " + path + ") = " + std::to_string(value));
  }
  run("echo 1 > " + path);
  CHECK(host.get(setting) == 1);
  run(others + " | cmp - /tmp/redvip_settings." + std::to_string(getpid()));
  run("rm /tmp/redvip_settings." + std::to_string(getpid()));
}

TEST_CASE("reads and settings on one socket do not get into each other's way") {
  SettingsHost host;
  for (int i = 0; i < 10; ++i) {
    host.set(Ipv4Setting::arp_announce, i % 3);
    CHECK(host.get(Ipv4Setting::arp_announce) == i % 3);
    CHECK_FALSE(host.settings.get(99, Ipv4Setting::arp_announce));
    CHECK_FALSE(host.settings.set(99, Ipv4Setting::arp_announce, 1));
  }
}

TEST_CASE("a setting of an interface that is gone is an error that names both") {
  SettingsHost host;
  const auto read = host.settings.get(99, Ipv4Setting::arp_announce);
  REQUIRE_FALSE(read);
  CHECK(read.error().text().find("RTM_GETLINK: cannot read arp_announce of interface 99") == 0);
  const auto written = host.settings.set(99, Ipv4Setting::arp_announce, 2);
  REQUIRE_FALSE(written);
  CHECK(written.error().text().find("RTM_SETLINK: cannot set arp_announce of interface 99") == 0);
}

TEST_CASE("without CAP_NET_ADMIN a setting is read, not set") {
  SettingsHost host;
  REQUIRE(seteuid(65534) == 0);  // takes the effective capabilities along
  const auto read = host.settings.get(host.index, Ipv4Setting::arp_announce);
  auto unprivileged = SettingsHost::open();
  const auto written = unprivileged.set(host.index, Ipv4Setting::arp_announce, 2);
  REQUIRE(seteuid(0) == 0);
  CHECK(read == 0);
  CHECK_FALSE(written);
}

TEST_CASE("with arp_announce 2 an answer from a VIP does not name the VIP as ARP sender") {
  const bool set = GENERATE(false, true);
  CAPTURE(set);
  SettingsHost host;
  run("ip addr add 10.77.0.1/24 dev v0 && ip addr add 10.77.0.100/24 dev v0");
  host.set(Ipv4Setting::arp_announce, set ? 2 : 0);
  const int wire = listener_to_arp();
  send_datagram(vip, neighbour);
  CHECK(arp_sender(wire, neighbour) == (set ? node : vip));
  close(wire);
}

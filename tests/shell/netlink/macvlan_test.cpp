#include "netlink/macvlan.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <algorithm>

#include "netlink/interface_settings.hpp"
#include "netlink/monitor.hpp"
#include "netlink/neighbour_socket.hpp"
#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

const auto vrid = Vrid::of(51);
const Mac vmac4 = virtual_mac(vrid, Family::ipv4);
const Mac parents_mac{2, 0, 0, 0, 0, 0x0a};
const Mac clients_mac{2, 0, 0, 0, 0, 0x0b};

// Our host, which runs the test, with s0 as the service's interface; a client's, with c0.
struct MacvlanHosts {
  MacvlanHosts() {
    run("ip link add c0 address 02:00:00:00:00:0b type veth peer name s0 address "
        "02:00:00:00:00:0a && ip link set s0 netns " +
        path_of(here));
    run("ip addr add 10.77.0.9/24 dev c0 && ip addr add fd00:77::9/64 nodad dev c0");
    run("ip link set c0 up");
    await_ipv6_delivery();
    enter(here);
    run("echo 1 > /proc/sys/net/ipv6/conf/s0/addr_gen_mode");
    run("ip addr add fe80::1/64 nodad dev s0");
    run("ip addr add 10.77.0.1/24 dev s0 && ip addr add fd00:77::1/64 nodad dev s0");
    run("ip link set s0 up");
    await_ipv6_delivery();
    REQUIRE(eventually(io, [&] { return seen("s0").up; }));
  }

  static Interface seen(const std::string& name) {
    boost::asio::io_context unused;
    const auto monitor = Monitor::open(
        unused, [](const Snapshot&) {}, [](const Error& error) { FAIL(error.text()); });
    REQUIRE(monitor);
    const auto* const found = monitor->snapshot().by_name(name);
    return found ? *found : Interface{};
  }

  Macvlan create(Family family = Family::ipv4, int id = 51) const {
    auto created = Macvlan::create(Nft{}, seen("s0"), Vrid::of(id), family);
    INFO((created ? "" : created.error().text()));
    REQUIRE(created);
    return std::move(*created);
  }

  // Every answer to a probe of the client's, until there are so many, and those that come on top.
  std::vector<Claim> answers(IpAddress wanted, std::size_t count) {
    std::vector<Claim> heard;
    enter(there);
    auto client = NeighbourSocket::open(
        io, seen("c0"), [&](const Claim& claim) { heard.push_back(claim); },
        [](const Error& error) { FAIL(error.text()); });
    REQUIRE(client);
    REQUIRE(client->probe(wanted));
    REQUIRE(eventually(io, [&] { return heard.size() >= count; }));
    for (int i = 0; i < 2; ++i) {  // whoever answered the first probe late did so before this
      const auto before = heard.size();
      REQUIRE(client->probe(wanted));
      REQUIRE(eventually(io, [&] { return heard.size() >= before + count; }));
    }
    enter(here);
    return heard;
  }

  Namespace first;
  Socket here = this_namespace();
  Namespace second;
  Socket there = this_namespace();
  boost::asio::io_context io;
};

// Frames that reach the client.
class ClientWire {
 public:
  explicit ClientWire(const MacvlanHosts& hosts) {
    enter(hosts.there);
    socket_.emplace(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = static_cast<int>(if_nametoindex("c0"));
    REQUIRE(bind(socket_->fd, reinterpret_cast<sockaddr*>(&where), sizeof(where)) == 0);
    enter(hosts.here);
  }
  // How many came from that MAC within two seconds: what an interface that comes up sends by
  // itself (DAD, MLD reports, router solicitations) does not wait longer than one.
  int from(const Mac& mac) const {
    int count = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    while (std::chrono::steady_clock::now() < end) {
      if (!becomes(*socket_, POLLIN, 100)) continue;
      std::array<std::uint8_t, 2000> frame{};
      if (recv(socket_->fd, frame.data(), frame.size(), MSG_DONTWAIT) < 14) continue;
      if (std::equal(mac.begin(), mac.end(), frame.begin() + 6)) ++count;
    }
    return count;
  }

 private:
  std::optional<Socket> socket_;
};

int arp_ignore(const std::string& name) {
  auto settings = InterfaceSettings::open();
  REQUIRE(settings);
  const auto value = settings->get(MacvlanHosts::seen(name).index, Ipv4Setting::arp_ignore);
  REQUIRE(value);
  return *value;
}

}  // namespace

TEST_CASE("a macvlan has the virtual router's name and MAC, and is down until it is brought up") {
  const auto family = either_family();
  const MacvlanHosts hosts;
  auto macvlan = hosts.create(family);
  CHECK(macvlan.name() == (family == Family::ipv4 ? "vrrp.51" : "vrrp6.51"));
  CHECK(macvlan.mac() == virtual_mac(vrid, family));
  const auto created = MacvlanHosts::seen(macvlan.name());
  CHECK(created.index == macvlan.index());
  CHECK(created.mac == macvlan.mac());
  CHECK_FALSE(created.up);
  REQUIRE(macvlan.up());
  CHECK(MacvlanHosts::seen(macvlan.name()).up);
  REQUIRE(macvlan.down());
  CHECK_FALSE(MacvlanHosts::seen(macvlan.name()).up);
}

TEST_CASE("nothing is sent from the virtual MAC when the macvlan comes up") {
  const auto family = either_family();
  const MacvlanHosts hosts;
  auto macvlan = hosts.create(family);
  const ClientWire wire{hosts};
  REQUIRE(macvlan.up());
  CHECK(wire.from(macvlan.mac()) == 0);
}

TEST_CASE("what an interface sends by itself would be noticed") {
  const MacvlanHosts hosts;
  auto macvlan = hosts.create();
  run("ip link set vrrp.51 addrgenmode eui64");
  const ClientWire wire{hosts};
  REQUIRE(macvlan.up());
  CHECK(wire.from(macvlan.mac()) > 0);
}

TEST_CASE("a router's advertisement makes no address of the virtual MAC, and no route") {
  const MacvlanHosts hosts;
  auto macvlan = hosts.create(Family::ipv6);
  REQUIRE(macvlan.up());
  // An advertisement of the prefix fd00:99::/64 for SLAAC, from fe80::9, as of a default router.
  enter(hosts.there);
  run("ip addr add fe80::9/64 nodad dev c0");
  const int raw = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
  std::array<std::uint8_t, 48> advert{134,  0, 0,  0,    64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                      3,    4, 64, 0xC0, 0,  1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
                                      0xfd, 0, 0,  0x99};
  SocketAddress all_nodes{{address("ff02::1"), 0}};
  const auto index = static_cast<int>(if_nametoindex("c0"));
  const int hops = 255;
  setsockopt(raw, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
  setsockopt(raw, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof(index));
  REQUIRE(sendto(raw, advert.data(), advert.size(), 0, all_nodes.get(), all_nodes.size) == 48);
  close(raw);
  enter(hosts.here);
  boost::asio::io_context io;
  CHECK(eventually(io,
                   [] { return std::system("ip -6 route show default | grep -q 'dev s0'") == 0; }));
  CHECK(std::system("ip -6 route show default | grep -q 'dev vrrp6.51'") != 0);
  CHECK(MacvlanHosts::seen("vrrp6.51").addresses.empty());
}

TEST_CASE("only the virtual MAC answers for a virtual address, and not for the parent's") {
  const bool v4 = either_family() == Family::ipv4;
  const auto length = GENERATE(as<std::string>{}, "24", "32");
  CAPTURE(v4, length);
  MacvlanHosts hosts;
  auto macvlan = hosts.create(v4 ? Family::ipv4 : Family::ipv6);
  const auto vip = prefix(v4 ? "10.77.0.100/" + length : "fd00:77::100/64");
  const auto node = address(v4 ? "10.77.0.1" : "fd00:77::1");
  REQUIRE(macvlan.up());
  REQUIRE(open_manager().put(macvlan.index(), vip, Seconds{60}));
  for (const auto& claim : hosts.answers(vip.address, 1)) {
    CHECK(claim == Claim{macvlan.mac(), vip.address});
  }
  for (const auto& claim : hosts.answers(node, 1)) CHECK(claim == Claim{parents_mac, node});
}

TEST_CASE("clients are served at the virtual MAC, whatever rp_filter says") {
  const bool v4 = either_family() == Family::ipv4;
  const auto rp_filter = GENERATE(as<std::string>{}, "0", "1", "2");
  CAPTURE(v4, rp_filter);
  const MacvlanHosts hosts;
  run("echo " + rp_filter + " > /proc/sys/net/ipv4/conf/all/rp_filter");
  run("echo " + rp_filter + " > /proc/sys/net/ipv4/conf/default/rp_filter");
  run("echo 2 > /proc/sys/net/ipv4/conf/s0/arp_announce");
  auto macvlan = hosts.create(v4 ? Family::ipv4 : Family::ipv6);
  const auto vip = prefix(v4 ? "10.77.0.100/24" : "fd00:77::100/64");
  REQUIRE(macvlan.up());
  REQUIRE(open_manager().put(macvlan.index(), vip, Seconds{60}));
  const Link link{{vip.address, 6379}, [&](Endpoint to) {
                    enter(hosts.there);
                    auto client = connecting_to(to);
                    enter(hosts.here);
                    return client;
                  }};
  CHECK(link.passes("a word"));
  send_text(link.served, "an answer");
  CHECK(received(link.client) == "an answer");
  enter(hosts.there);
  run("ip neighbour show " + vip.address.text() + " | grep -q " + text(macvlan.mac()));
  enter(hosts.here);
}

TEST_CASE("one virtual address that goes does not take the others along") {
  const MacvlanHosts hosts;
  auto macvlan = hosts.create();
  REQUIRE(macvlan.up());
  auto manager = open_manager();
  REQUIRE(manager.put(macvlan.index(), prefix("10.77.0.100/24"), Seconds{60}));
  REQUIRE(manager.put(macvlan.index(), prefix("10.77.0.101/24"), Seconds{60}));
  REQUIRE(manager.remove(macvlan.index(), prefix("10.77.0.100/24")));
  CHECK(MacvlanHosts::seen("vrrp.51").addresses == std::vector{prefix("10.77.0.101/24")});
}

TEST_CASE("a macvlan goes with its owner, and the parent is as it was") {
  const int before = GENERATE(0, 2);
  const MacvlanHosts hosts;
  run("echo " + std::to_string(before) + " > /proc/sys/net/ipv4/conf/s0/arp_ignore");
  {
    const auto macvlan = hosts.create();
    CHECK(arp_ignore("s0") == 1);
  }
  CHECK(MacvlanHosts::seen("vrrp.51").index == 0);
  CHECK(arp_ignore("s0") == before);
  CHECK(tables().empty());
}

TEST_CASE("of several macvlans on one parent the last one restores it") {
  const MacvlanHosts hosts;
  std::optional<Macvlan> first = hosts.create(Family::ipv4, 51);
  std::optional<Macvlan> second = hosts.create(Family::ipv6, 51);
  std::optional<Macvlan> third = hosts.create(Family::ipv4, 52);
  second.reset();
  first.reset();
  CHECK(arp_ignore("s0") == 1);
  third.reset();
  CHECK(arp_ignore("s0") == 0);
}

TEST_CASE("what a killed predecessor left is replaced, and its parent is not forgotten") {
  const MacvlanHosts hosts;
  const auto parent = MacvlanHosts::seen("s0");
  OtherDaemon killed{[&] { return Macvlan::create(Nft{}, parent, vrid, Family::ipv4); }};
  killed.end();
  const auto left = MacvlanHosts::seen("vrrp.51");
  REQUIRE(left.index != 0);
  {
    const auto macvlan = hosts.create();
    CHECK(macvlan.index() != left.index);
  }
  CHECK(MacvlanHosts::seen("vrrp.51").index == 0);
  CHECK(arp_ignore("s0") == 0);
}

TEST_CASE("a foreign interface of the name is an error that names it, and is left alone") {
  const MacvlanHosts hosts;
  run("ip link add vrrp.51 link s0 type macvlan mode bridge");
  const auto foreign = MacvlanHosts::seen("vrrp.51");
  const auto refused = Macvlan::create(Nft{}, MacvlanHosts::seen("s0"), vrid, Family::ipv4);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("vrrp.51") != std::string::npos);
  CHECK(MacvlanHosts::seen("vrrp.51") == foreign);
  CHECK(arp_ignore("s0") == 0);
}

TEST_CASE("a parent that is gone, or can have no macvlan, is an error that names it") {
  const MacvlanHosts hosts;
  Interface gone;
  gone.index = 99;
  gone.name = "s9";
  const auto nowhere = Macvlan::create(Nft{}, gone, vrid, Family::ipv4);
  REQUIRE_FALSE(nowhere);
  INFO(nowhere.error().text());
  CHECK(nowhere.error().text().find("99") != std::string::npos);
  const auto on_loopback = Macvlan::create(Nft{}, MacvlanHosts::seen("lo"), vrid, Family::ipv4);
  REQUIRE_FALSE(on_loopback);
  CHECK(on_loopback.error().text().find("vrrp.51 on lo") != std::string::npos);
}

TEST_CASE("a macvlan goes with its parent, and says so when it is asked for") {
  const MacvlanHosts hosts;
  auto macvlan = hosts.create();
  run("ip link del s0");
  const auto up = macvlan.up();
  REQUIRE_FALSE(up);
  CHECK(up.error().text().find("cannot bring up vrrp.51 on s0") != std::string::npos);
}

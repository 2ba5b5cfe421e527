#include "netlink/vip_filter.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <optional>

#include "netlink/monitor.hpp"
#include "netlink/neighbour_socket.hpp"
#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

// A client's host and, joined to it, the one that has the virtual addresses and runs the test.
struct Hosts {
  explicit Hosts(Family of = Family::ipv6) : family{of} {
    run("ip link add c0 type veth peer name s0 && ip link set s0 netns " + path_of(here));
    run("echo 1 > /proc/sys/net/ipv6/conf/c0/addr_gen_mode && ip link set c0 up");
    add("9", "c0");
    await_ipv6_delivery();
    enter(here);
    run("echo 1 > /proc/sys/net/ipv6/conf/s0/addr_gen_mode && ip link set s0 up");
    for (const std::string own : {"1", "100", "101"}) add(own, "s0");
    await_ipv6_delivery();
    REQUIRE(eventually(io, [] { return seen("s0").up; }));
  }
  static Interface seen(const std::string& name) {
    boost::asio::io_context unused;
    const auto monitor = Monitor::open(
        unused, [](const Snapshot&) {}, [](const Error& error) { FAIL(error.text()); });
    REQUIRE(monitor);
    return *monitor->snapshot().by_name(name);
  }
  Socket dial(Endpoint to) const {
    enter(there);
    auto client = connecting_to(to);
    enter(here);
    return client;
  }
  IpAddress at(const std::string& last) const { return host(family, last); }

  Family family;
  Namespace first;
  Socket here = this_namespace();
  Namespace second;
  Socket there = this_namespace();
  boost::asio::io_context io;
};

VipFilter filter_with(const VipRules& rules) {
  auto filter = VipFilter::open(Nft{}, "cache");
  INFO((filter ? "" : filter.error().text()));
  REQUIRE(filter);
  const auto done = filter->put(rules);
  INFO((done ? "" : done.error().text()));
  REQUIRE(done);
  return std::move(*filter);
}

// The source of the first solicitation for `target` that reaches the client.
IpAddress solicitor(const Hosts& hosts, IpAddress from, IpAddress target) {
  enter(hosts.there);
  const Socket wire{socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_protocol = htons(ETH_P_IPV6);
  where.sll_ifindex = static_cast<int>(if_nametoindex("c0"));
  REQUIRE(bind(wire.fd, reinterpret_cast<sockaddr*>(&where), sizeof(where)) == 0);
  enter(hosts.here);
  const SocketAddress source{{from, 9}};
  const SocketAddress destination{{target, 9}};
  const Socket sender{socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  REQUIRE(bind(sender.fd, source.get(), source.size) == 0);
  REQUIRE(sendto(sender.fd, "x", 1, 0, destination.get(), destination.size) == 1);
  for (;;) {
    REQUIRE(becomes(wire, POLLIN));
    std::array<std::uint8_t, 2000> frame{};
    const auto size = recv(wire.fd, frame.data(), frame.size(), 0);
    if (size < 78 || frame[54] != 135) continue;
    IpAddress::V6 octets{};
    std::copy_n(frame.begin() + 22, 16, octets.begin());
    return IpAddress{octets};
  }
}

}  // namespace

TEST_CASE("without accept a virtual address takes nothing, and every other address does") {
  const Hosts hosts{either_family()};
  auto filter = filter_with({{host(Family::ipv4, "100"), host(Family::ipv6, "100")}, false, {}});
  const auto refused = listener_on({hosts.at("100"), 6379});
  const auto unanswered = hosts.dial({hosts.at("100"), 6379});
  for (const std::string other : {"1", "101"}) {
    const auto listener = listener_on({hosts.at(other), 6379});
    const auto client = hosts.dial({hosts.at(other), 6379});
    CHECK(becomes(listener, POLLIN));
  }
  CHECK_FALSE(becomes(refused, POLLIN, 0));
  CHECK_FALSE(becomes(unanswered, POLLOUT, 0));
  REQUIRE(filter.put({}));
  CHECK(becomes(refused, POLLIN));  // the SYN is repeated
  CHECK(tables().empty());
}

TEST_CASE("without accept a virtual address still answers ARP and neighbour solicitations") {
  Hosts hosts{either_family()};
  const auto vip = hosts.at("100");
  const auto filter = filter_with({{vip}, false, {}});
  enter(hosts.there);
  std::vector<Claim> heard;
  auto client = NeighbourSocket::open(
      hosts.io, Hosts::seen("c0"), [&](const Claim& claim) { heard.push_back(claim); },
      [](const Error& error) { FAIL(error.text()); });
  REQUIRE(client);
  REQUIRE(client->probe(vip));
  CHECK(eventually(hosts.io, [&] { return !heard.empty(); }));
  // Asked again, at its own MAC and from an address, as before an entry is given up.
  heard.clear();
  hosts.dial({vip, 6379});
  enter(hosts.there);
  CHECK(eventually(hosts.io, [&] { return !heard.empty(); }));
  CHECK(heard.front().address == vip);
  enter(hosts.here);
}

TEST_CASE("neighbours are not asked for in the name of a virtual address") {
  const bool filtered = GENERATE(false, true);
  CAPTURE(filtered);
  const Hosts hosts;
  const auto vip = hosts.at("100");
  std::optional<VipFilter> filter;
  if (filtered) filter = filter_with({{vip}, true, hosts.at("1")});
  CHECK(solicitor(hosts, vip, hosts.at("8")) == (filtered ? hosts.at("1") : vip));
  CHECK(solicitor(hosts, hosts.at("101"), hosts.at("7")) == hosts.at("101"));
}

TEST_CASE("a client is found and served although it is asked for in another name") {
  const Hosts hosts;
  const auto filter = filter_with({{hosts.at("100")}, true, hosts.at("1")});
  const Link link{{hosts.at("100"), 6379}, [&](Endpoint to) { return hosts.dial(to); }};
  run("ip -6 neighbour flush dev s0");
  send_text(link.served, "an answer");
  CHECK(received(link.client) == "an answer");
  enter(hosts.there);
  run("ip -6 neighbour flush dev c0");
  enter(hosts.here);
  CHECK(link.passes("a word"));
}

TEST_CASE("rules that ask for nothing leave no table, and equal ones change nothing") {
  const Hosts hosts;
  auto filter = filter_with({{hosts.at("100")}, true, {}});
  CHECK(tables().empty());
  REQUIRE(filter.put({{host(Family::ipv4, "100")}, true, hosts.at("1")}));
  CHECK(tables().empty());
  REQUIRE(filter.put({{hosts.at("100")}, false, hosts.at("1")}));
  CHECK(tables() == "table inet redvip_vip_cache\n");
  REQUIRE(filter.put({{hosts.at("100")}, false, hosts.at("1")}));
  CHECK(tables() == "table inet redvip_vip_cache\n");
}

TEST_CASE("without CAP_NET_ADMIN a filter says what it needs") {
  const Hosts hosts;
  REQUIRE(seteuid(65534) == 0);  // takes the effective capabilities along
  const auto filter = VipFilter::open(Nft{}, "cache");
  REQUIRE(seteuid(0) == 0);
  REQUIRE_FALSE(filter);
  CHECK(filter.error().text().find("it needs CAP_NET_ADMIN") != std::string::npos);
}

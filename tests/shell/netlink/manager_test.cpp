#include "netlink/manager.hpp"

#include <net/if.h>

#include "netlink/monitor.hpp"
#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

using Addresses = std::vector<IpPrefix>;

// An interface with the node's own address on it.
struct AddressHost : Namespace {
  explicit AddressHost(Family of = Family::ipv4) : family{of} {
    run("ip link add d0 type veth peer name d1");
    run("ip link set d0 up && ip link set d1 up");
    run("ip addr add 10.77.0.1/24 dev d0 && ip addr add fd00:77::1/64 nodad dev d0");
    index = static_cast<int>(if_nametoindex("d0"));
  }

  IpPrefix own(const std::string& last) const {
    return family == Family::ipv4 ? prefix("10.77.0." + last + "/24")
                                  : prefix("fd00:77::" + last + "/64");
  }

  // Of our family and no link-local ones, which come by themselves.
  Addresses present() const {
    boost::asio::io_context io;
    const auto monitor = Monitor::open(
        io, [](const Snapshot&) {}, [](const Error& error) { FAIL(error.text()); });
    REQUIRE(monitor);
    Addresses found;
    for (const auto& each : monitor->snapshot().by_index(index)->addresses) {
      const auto& address = each.address;
      if (address.family() == family && !address.link_local()) found.push_back(each);
    }
    return found;
  }

  Addresses ours() {
    const auto found = manager.ours(index);
    REQUIRE(found);
    return *found;
  }

  Family family;
  int index = 0;
  IpPrefix node = own("1");
  IpPrefix vip = own("100");
  AddressManager manager = open_manager();
};

void has_lifetime(const IpPrefix& address) {
  run("ip addr show d0 | grep -A1 '" + address.text() + " ' | grep -Eq 'valid_lft [0-9]+sec'");
}

}  // namespace

TEST_CASE("a put address is there at once, is ours and has a lifetime") {
  AddressHost host{either_family()};
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  CHECK(host.present() == Addresses{host.node, host.vip});
  CHECK(host.ours() == Addresses{host.vip});
  has_lifetime(host.vip);
}

TEST_CASE("a put address takes connections from the first moment on") {
  AddressHost host{either_family()};
  const bool v4 = host.family == Family::ipv4;
  const auto listener = listener_on({address(v4 ? "0.0.0.0" : "::"), 6379});
  int refused = 0;
  for (int i = 100; i < 200; ++i) {
    const auto vip = host.own(std::to_string(i));
    REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
    const SocketAddress where{{vip.address, 6379}};
    const Socket client{socket(where.storage.ss_family, SOCK_STREAM, 0)};
    if (connect(client.fd, where.get(), where.size) != 0) ++refused;
  }
  CHECK(refused == 0);
}

TEST_CASE("an address of another subnet brings no route") {
  AddressHost host;
  REQUIRE(host.manager.put(host.index, prefix("10.88.0.100/24"), Seconds{60}));
  REQUIRE(host.manager.put(host.index, prefix("fd00:88::100/64"), Seconds{60}));
  run("test -z \"$(ip route show 10.88.0.0/24)\"");
  run("test -z \"$(ip -6 route show fd00:88::/64)\"");
}

TEST_CASE("an IPv6 address of ours is never the source of what this host begins") {
  AddressHost host{Family::ipv6};
  run("ip addr del fd00:77::1/64 dev d0");
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  run("ip addr add fd00:77::1/64 nodad dev d0");
  run("ip -6 route get fd00:77::9 | grep -q 'src fd00:77::1 '");
  run("ip -6 addr show dev d0 deprecated | grep -q fd00:77::100/64");
}

TEST_CASE("an address expires by itself, one that is refreshed does not, the primary stays") {
  AddressHost host{either_family()};
  const auto refreshed = host.own("101");
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{1}));
  REQUIRE(host.manager.put(host.index, refreshed, Seconds{1}));
  REQUIRE(host.manager.put(host.index, refreshed, Seconds{60}));
  REQUIRE(host.present() == Addresses{host.node, host.vip, refreshed});

  boost::asio::io_context io;
  CHECK(eventually(io, [&] { return host.present() == Addresses{host.node, refreshed}; }));
}

TEST_CASE("removing an address leaves its primary, and removing it again is success") {
  AddressHost host{either_family()};
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  CHECK(host.manager.remove(host.index, host.vip));
  CHECK(host.present() == Addresses{host.node});
  CHECK(host.manager.remove(host.index, host.vip));
}

TEST_CASE("removing an address from an interface that is gone is success") {
  AddressHost host{either_family()};
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  run("ip link del d0");
  CHECK(host.manager.remove(host.index, host.vip));
}

TEST_CASE("putting an address on an interface that is gone is an error that names both") {
  AddressHost host{either_family()};
  run("ip link del d0");
  const auto result = host.manager.put(host.index, host.vip, Seconds{60});
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find(host.vip.text() + " on interface") != std::string::npos);
}

TEST_CASE("the leftovers of a predecessor are ours, an operator's address is not") {
  AddressHost host{either_family()};
  REQUIRE(open_manager().put(host.index, host.vip, Seconds{60}));
  CHECK(open_manager().ours(host.index) == Addresses{host.vip});
}

TEST_CASE("ours are those of both families") {
  AddressHost host;
  REQUIRE(host.manager.put(host.index, prefix("10.77.0.100/24"), Seconds{60}));
  REQUIRE(host.manager.put(host.index, prefix("fe80::100/64"), Seconds{60}));
  CHECK(host.ours() == Addresses{prefix("10.77.0.100/24"), prefix("fe80::100/64")});
}

TEST_CASE("ours of another interface are not listed") {
  AddressHost host{either_family()};
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  CHECK(host.manager.ours(1) == Addresses{});
}

TEST_CASE("an operator's permanent address becomes ours and mortal when it is put") {
  AddressHost host{either_family()};
  run("ip addr add " + host.vip.text() + " dev d0");
  REQUIRE(host.ours().empty());
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  CHECK(host.ours() == Addresses{host.vip});
  has_lifetime(host.vip);
}

TEST_CASE("an IPv6 address takes the place of itself with another length, and is removed") {
  AddressHost host{Family::ipv6};
  run("ip addr add fd00:77::100/128 nodad dev d0");
  REQUIRE(host.manager.put(host.index, host.vip, Seconds{60}));
  CHECK(host.present() == Addresses{host.node, host.vip});
  REQUIRE(host.manager.remove(host.index, host.vip));
  CHECK(host.present() == Addresses{host.node});
}

TEST_CASE("an address for an interface without IPv6 is an error that says so") {
  AddressHost host{Family::ipv6};
  run("echo 1 > /proc/sys/net/ipv6/conf/d0/disable_ipv6");
  const auto result = host.manager.put(host.index, host.vip, Seconds{60});
  REQUIRE_FALSE(result);
  INFO(result.error().text());
  CHECK(result.error().message.find(host.vip.text() + " on interface") != std::string::npos);
}

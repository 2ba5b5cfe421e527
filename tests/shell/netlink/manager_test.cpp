#include "netlink/manager.hpp"

#include <net/if.h>

#include "namespace.hpp"
#include "netlink/monitor.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

using Addresses = std::vector<Ipv4Prefix>;

// An interface with the node's own address on it.
struct Host : Namespace {
  Host() {
    run("ip link add d0 type veth peer name d1");
    run("ip link set d0 up");
    run("ip addr add 10.77.0.1/24 dev d0");
    index = static_cast<int>(if_nametoindex("d0"));
  }

  Addresses present() const {
    boost::asio::io_context io;
    const auto monitor = Monitor::open(
        io, [](const Snapshot&) {}, [](const Error& error) { FAIL(error.text()); });
    REQUIRE(monitor);
    return monitor->snapshot().by_index(index)->addresses;
  }

  int index = 0;
  AddressManager manager = open_manager();
};

const auto node = prefix("10.77.0.1/24");
const auto vip = prefix("10.77.0.100/24");

}  // namespace

TEST_CASE("a put address is there, is ours and has a lifetime") {
  Host host;
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  CHECK(host.present() == Addresses{node, vip});
  CHECK(host.manager.ours(host.index) == Addresses{vip});
  run("ip -details addr show d0 | grep -A1 10.77.0.100/24 | grep -Eq 'valid_lft [0-9]+sec'");
}

TEST_CASE("an address of another subnet brings no route") {
  Host host;
  REQUIRE(host.manager.put(host.index, prefix("10.88.0.100/24"), Seconds{60}));
  run("test -z \"$(ip route show 10.88.0.0/24)\"");
}

TEST_CASE("an address expires by itself, one that is refreshed does not, the primary stays") {
  Host host;
  const auto refreshed = prefix("10.77.0.101/24");
  REQUIRE(host.manager.put(host.index, vip, Seconds{1}));
  REQUIRE(host.manager.put(host.index, refreshed, Seconds{1}));
  REQUIRE(host.manager.put(host.index, refreshed, Seconds{60}));
  REQUIRE(host.present() == Addresses{node, vip, refreshed});

  boost::asio::io_context io;
  CHECK(eventually(io, [&] { return host.present() == Addresses{node, refreshed}; }));
}

TEST_CASE("removing an address leaves its primary, and removing it again is success") {
  Host host;
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  CHECK(host.manager.remove(host.index, vip));
  CHECK(host.present() == Addresses{node});
  CHECK(host.manager.remove(host.index, vip));
}

TEST_CASE("removing an address from an interface that is gone is success") {
  Host host;
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  run("ip link del d0");
  CHECK(host.manager.remove(host.index, vip));
}

TEST_CASE("putting an address on an interface that is gone is an error that names both") {
  Host host;
  run("ip link del d0");
  const auto result = host.manager.put(host.index, vip, Seconds{60});
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("10.77.0.100/24 on interface") != std::string::npos);
}

TEST_CASE("the leftovers of a predecessor are ours, an operator's address is not") {
  Host host;
  REQUIRE(open_manager().put(host.index, vip, Seconds{60}));
  CHECK(open_manager().ours(host.index) == Addresses{vip});
}

TEST_CASE("ours of another interface are not listed") {
  Host host;
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  CHECK(host.manager.ours(1) == Addresses{});
}

TEST_CASE("an operator's permanent address becomes ours and mortal when it is put") {
  Host host;
  run("ip addr add 10.77.0.100/24 dev d0");
  REQUIRE(host.manager.ours(host.index) == Addresses{});
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  CHECK(host.manager.ours(host.index) == Addresses{vip});
  run("ip addr show d0 | grep -A1 10.77.0.100/24 | grep -Eq 'valid_lft [0-9]+sec'");
}

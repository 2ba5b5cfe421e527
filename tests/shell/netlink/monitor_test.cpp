#include "netlink/monitor.hpp"

#include <net/if.h>

#include <fstream>
#include <sstream>

#include "namespace.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

struct Watched : Namespace {
  explicit Watched(int receive_buffer = 1 << 20) {
    run("ip link add v0 address 02:00:00:00:00:0a type veth peer name v1");
    run("echo 1 > /proc/sys/net/ipv6/conf/v0/addr_gen_mode");  // nothing comes by itself
    run("ip link set v0 up && ip link set v1 up");
    run("ip addr add 10.77.0.1/24 dev v0");
    index = static_cast<int>(if_nametoindex("v0"));
    auto opened = Monitor::open(
        io, [this](const Snapshot&) { ++calls; }, [](const Error& e) { FAIL(e.text()); },
        receive_buffer);
    REQUIRE(opened);
    monitor.emplace(std::move(*opened));
  }

  const Interface& v0() const { return *monitor->snapshot().by_index(index); }
  bool has(const std::string& text) const {
    return monitor->snapshot().by_address(address(text)) != nullptr;
  }

  boost::asio::io_context io;
  int index = 0;
  int calls = 0;
  std::optional<Monitor> monitor;
  AddressManager manager = open_manager();
};

// /proc/net/netlink: sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode, this namespace's only.
int dropped_notifications() {
  std::ifstream file{"/proc/thread-self/net/netlink"};
  std::string line;
  int sum = 0;
  for (std::getline(file, line); std::getline(file, line);) {
    std::istringstream words{line};
    std::string word;
    int drops = 0;
    for (int column = 0; column < 8; ++column) words >> word;
    words >> drops;
    sum += drops;
  }
  return sum;
}

}  // namespace

TEST_CASE("the first snapshot has interface, state, MAC and addresses, without a call") {
  Watched host;
  CHECK(eventually(host.io, [&] { return host.v0().up; }));
  CHECK(host.v0().name == "v0");
  CHECK(host.v0().mac == Mac{2, 0, 0, 0, 0, 0x0a});
  CHECK(host.v0().addresses == std::vector<IpPrefix>{prefix("10.77.0.1/24")});
  CHECK(host.monitor->snapshot().by_name("lo")->index == 1);
}

TEST_CASE("an address that somebody else deletes is noticed") {
  Watched host;
  REQUIRE(host.manager.put(host.index, prefix("10.77.0.100/24"), Seconds{60}));
  REQUIRE(eventually(host.io, [&] { return host.has("10.77.0.100"); }));
  run("ip addr del 10.77.0.100/24 dev v0");
  CHECK(eventually(host.io, [&] { return !host.has("10.77.0.100"); }));
}

TEST_CASE("an IPv6 address is there once it is usable, and gone when it is not") {
  Watched host;
  REQUIRE(eventually(host.io, [&] { return host.v0().up; }));
  run("echo 1000 > /proc/sys/net/ipv6/neigh/v0/retrans_time_ms");  // DAD takes that long
  run("ip addr add fd00:77::1/64 dev v0");
  REQUIRE(host.monitor->refresh());
  CHECK_FALSE(host.has("fd00:77::1"));
  CHECK(eventually(host.io, [&] { return host.has("fd00:77::1"); }));
  run("ip addr del fd00:77::1/64 dev v0");
  CHECK(eventually(host.io, [&] { return !host.has("fd00:77::1"); }));
}

TEST_CASE("an IPv6 address that another machine has is never there") {
  Watched host;
  REQUIRE(eventually(host.io, [&] { return host.v0().up; }));
  run("ip addr add fd00:77::1/64 nodad dev v1");
  run("ip addr add fd00:77::2/64 nodad dev v0");
  REQUIRE(eventually(host.io, [&] { return host.has("fd00:77::2"); }));
  run("ip addr add fd00:77::1/64 dev v0");
  CHECK(eventually(host.io, [&] {
    return std::system("ip -6 addr show dev v0 dadfailed | grep -q fd00:77::1/64") == 0;
  }));
  REQUIRE(host.monitor->refresh());
  CHECK(host.v0().addresses ==
        std::vector<IpPrefix>{prefix("10.77.0.1/24"), prefix("fd00:77::2/64")});
}

TEST_CASE("a link-local address that the kernel makes is noticed") {
  Watched host;
  run("echo 0 > /proc/sys/net/ipv6/conf/v0/addr_gen_mode");
  CHECK(eventually(host.io, [&] { return host.has("fe80::ff:fe00:a"); }));
}

TEST_CASE("refreshing an IPv6 address calls nobody") {
  Watched host;
  const auto vip = prefix("fd00:77::100/64");
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  REQUIRE(eventually(host.io, [&] { return host.has("fd00:77::100") && host.v0().up; }));
  host.io.restart();
  host.io.poll();
  const int before = host.calls;
  for (int i = 0; i < 5; ++i) REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  host.io.restart();
  CHECK(host.io.poll() > 0);  // the kernel did notify
  CHECK(host.calls == before);
}

TEST_CASE("a link that is set down and up, or loses its carrier, is noticed") {
  Watched host;
  REQUIRE(eventually(host.io, [&] { return host.v0().up; }));
  run("ip link set v0 down");
  CHECK(eventually(host.io, [&] { return !host.v0().up; }));
  run("ip link set v0 up");
  CHECK(eventually(host.io, [&] { return host.v0().up; }));
  run("ip link set v1 down");  // the peer end: v0 stays enabled
  CHECK(eventually(host.io, [&] { return !host.v0().up; }));
}

TEST_CASE("a renamed, a deleted and a new interface are noticed") {
  Watched host;
  run("ip link set v0 down && ip link set v0 name w0");
  CHECK(eventually(host.io, [&] { return host.v0().name == "w0"; }));
  run("ip link del w0");
  CHECK(eventually(host.io, [&] { return !host.monitor->snapshot().by_index(host.index); }));
  run("ip link add w0 type veth peer name d1");
  CHECK(eventually(host.io, [&] { return host.monitor->snapshot().by_name("w0"); }));
}

TEST_CASE("refreshing an address calls nobody") {
  Watched host;
  const auto vip = prefix("10.77.0.100/24");
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  REQUIRE(eventually(host.io, [&] { return host.has("10.77.0.100") && host.v0().up; }));
  host.io.restart();
  host.io.poll();
  const int before = host.calls;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
    host.io.restart();
    CHECK(host.io.poll() > 0);  // the kernel did notify
  }
  CHECK(host.calls == before);
}

TEST_CASE("a change that the snapshot does not show calls nobody") {
  Watched host;
  REQUIRE(eventually(host.io, [&] { return host.v0().up; }));
  host.io.restart();
  host.io.poll();
  const int before = host.calls;
  run("ip link set v0 mtu 1400");
  host.io.restart();
  CHECK(host.io.poll() > 0);
  CHECK(host.calls == before);
}

TEST_CASE("a change that the kernel could not notify is found after the overrun") {
  Watched host{1};  // the kernel's least: a few notifications
  const auto vip = prefix("10.77.0.100/24");
  REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  REQUIRE(eventually(host.io, [&] { return host.has("10.77.0.100") && host.v0().up; }));
  host.io.restart();
  host.io.poll();

  // The queue is filled with refreshes, which say nothing new; all that matters is dropped.
  for (int i = 0; i < 300; ++i) REQUIRE(host.manager.put(host.index, vip, Seconds{60}));
  REQUIRE(dropped_notifications() > 0);
  REQUIRE(host.manager.remove(host.index, vip));
  for (int i = 2; i < 60; ++i) {
    const IpPrefix added{IpAddress{0x0a4d0100U + static_cast<std::uint32_t>(i)}, 32};
    REQUIRE(host.manager.put(host.index, added, Seconds{60}));
  }

  CHECK(eventually(host.io, [&] { return host.v0().addresses.size() == 59; }));
  CHECK_FALSE(host.has("10.77.0.100"));
  CHECK(host.has("10.77.1.59"));
}

TEST_CASE("a refresh on demand sees what has not been notified yet") {
  Watched host;
  REQUIRE(host.manager.put(host.index, prefix("10.77.0.100/24"), Seconds{60}));
  CHECK_FALSE(host.has("10.77.0.100"));
  const int before = host.calls;
  REQUIRE(host.monitor->refresh());
  CHECK(host.has("10.77.0.100"));
  CHECK(host.calls == before + 1);
}

TEST_CASE("a monitor may be destroyed by its own call") {
  Namespace space;
  boost::asio::io_context io;
  std::optional<Monitor> monitor;
  auto opened = Monitor::open(
      io, [&](const Snapshot&) { monitor.reset(); }, [](const Error& e) { FAIL(e.text()); });
  REQUIRE(opened);
  monitor.emplace(std::move(*opened));
  run("ip link add d0 type veth peer name d1");
  CHECK(eventually(io, [&] { return !monitor; }));
}

TEST_CASE("many addresses that come at once are read a few times, and all are there") {
  Watched host;
  REQUIRE(eventually(host.io, [&] { return host.v0().up; }));
  const int before = host.calls;
  constexpr int many = 200;
  for (int i = 1; i <= many; ++i) {
    const IpPrefix added{IpAddress{0x0a4d0100U + static_cast<std::uint32_t>(i)}, 32};
    REQUIRE(host.manager.put(host.index, added, Seconds{60}));
    host.io.restart();
    host.io.poll();
  }
  CHECK(eventually(host.io, [&] { return host.v0().addresses.size() == many + 1; }));
  CHECK(host.calls - before < many / 2);
}

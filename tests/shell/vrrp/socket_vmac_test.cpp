// The raw socket that sends through a macvlan with the virtual router's MAC (RFC 9568 7.2 and 7.3,
// vrrp.md 6.2).
#include "catch.hpp"
#include "shell/vrrp/sniffer.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

const Octets virtual_mac{0x00, 0x00, 0x5E, 0x00, 0x01, 51};

struct VmacLan : Lan {
  VmacLan() {
    enable_ipv6();
    for (const auto* host : {&left, &right}) {
      host->run("ip link add vrrp51 link wire address 00:00:5e:00:01:33 type macvlan mode bridge");
      host->run("ip link set vrrp51 addrgenmode none");
    }
  }

  void raise(const lan::Host& host) const {
    host.run("ip link set vrrp51 up");
    host.await_carrier("vrrp51");
  }

  std::unique_ptr<Socket> open_with_vmac(const lan::Host& host, IpAddress source,
                                         const PacketHandler& handler) {
    return open(host, {{"wire"}, source, false, false, Device{"vrrp51"}}, handler);
  }
};

Octets source_mac(const Octets& frame) {
  return {frame.begin() + 6, frame.begin() + 12};
}

}  // namespace

TEST_CASE("vmac: an advert leaves with the virtual MAC and the node's address") {
  VmacLan lan;
  Inbox inbox;
  const auto left = lan.open_with_vmac(lan.left, left_address, ignore());
  const auto right = lan.open(lan.right, false, inbox.handler());
  const Sniffer sniffer{lan.right, "wire"};
  lan.raise(lan.left);
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  CHECK(examine(inbox.packets[0], expected_at_right()));
  const auto frame = sniffer.next(is_vrrp_over_ipv4);
  REQUIRE(frame);
  CHECK(source_mac(*frame) == virtual_mac);
}

TEST_CASE("vmac: over IPv6 too, with the link-local address of the interface") {
  VmacLan lan;
  Inbox inbox;
  const auto left = lan.open_with_vmac(lan.left, left_link_local, ignore());
  const auto right = lan.open_v6(lan.right, inbox.handler());
  const Sniffer sniffer{lan.right, "wire"};
  lan.raise(lan.left);
  REQUIRE(send(*left, 150, left_link_local, group6));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() == 1; }));
  CHECK(examine(inbox.packets[0], expected_at_right(Family::ipv6)));
  const auto frame = sniffer.next(is_vrrp_over_ipv6);
  REQUIRE(frame);
  CHECK(source_mac(*frame) == virtual_mac);
}

TEST_CASE("vmac: while its macvlan is down nothing is sent, and the error says so") {
  VmacLan lan;
  const auto left = lan.open_with_vmac(lan.left, left_address, ignore());
  CHECK_FALSE(send(*left, 150, left_address));
  const auto left_v6 = lan.open_with_vmac(lan.left, left_link_local, ignore());
  CHECK_FALSE(send(*left_v6, 150, left_link_local, group6));
}

TEST_CASE("vmac: another router with the same virtual MAC is heard once, ours up or down") {
  for (const bool up : {false, true}) {
    VmacLan lan;
    Inbox inbox;
    Inbox inbox_v6;
    const auto left = lan.open_with_vmac(lan.left, left_address, ignore());
    const auto left_v6 = lan.open_with_vmac(lan.left, left_link_local, ignore());
    const auto right = lan.open_with_vmac(lan.right, right_address, inbox.handler());
    const auto right_v6 = lan.open_with_vmac(lan.right, right_link_local, inbox_v6.handler());
    lan.raise(lan.left);
    if (up) lan.raise(lan.right);
    for (const int priority : {150, 151}) {
      REQUIRE(send(*left, priority, left_address));
      REQUIRE(send(*left_v6, priority, left_link_local, group6));
    }
    REQUIRE(
        lan.eventually([&] { return inbox.packets.size() >= 2 && inbox_v6.packets.size() >= 2; }));
    CHECK(priorities(inbox) == std::vector{150, 151});
    CHECK(priorities(inbox_v6) == std::vector{150, 151});
  }
}

TEST_CASE("vmac: our own adverts do not come back, and others are heard once") {
  VmacLan lan;
  Inbox inbox;
  const auto left = lan.open_with_vmac(lan.left, left_address, inbox.handler());
  const auto right = lan.open(lan.right, false, ignore());
  lan.raise(lan.left);
  REQUIRE(send(*left, 150, left_address));
  REQUIRE(send(*right, 151, right_address));
  REQUIRE(send(*right, 152, right_address));
  REQUIRE(lan.eventually([&] { return inbox.packets.size() >= 2; }));
  CHECK(priorities(inbox) == std::vector{151, 152});
}

TEST_CASE("vmac: a macvlan that does not exist is an error that says which call failed") {
  Lan lan;
  const auto socket =
      lan.try_open(lan.left, {{"wire"}, left_address, false, false, Device{"vrrp51"}}, ignore());
  REQUIRE_FALSE(socket);
  CHECK(socket.error().where == "SO_BINDTODEVICE for VRRP on wire");
}

}  // namespace redvip::vrrp

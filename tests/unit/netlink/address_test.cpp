#include "netlink/address.hpp"

#include "catch.hpp"

using namespace redvip;
using namespace redvip::netlink;

namespace {

const IpPrefix node{IpAddress{0x0a4d0001}, 24};
const IpPrefix vip{IpAddress{0x0a4d0064}, 24};
const IpPrefix other_vip{IpAddress{0x0a4d0065}, 32};

}  // namespace

TEST_CASE("a wanted address that is absent is added, in the order wanted") {
  CHECK(plan({other_vip, vip}, {node}, {}) == AddressPlan{{other_vip, vip}, {}});
}

TEST_CASE("a wanted address that is ours and present needs nothing") {
  CHECK(plan({vip}, {node, vip}, {vip}) == AddressPlan{});
}

TEST_CASE("a wanted address of ours that somebody deleted is added again") {
  CHECK(plan({vip}, {node}, {vip}) == AddressPlan{{vip}, {}});
}

TEST_CASE("an address of ours that is no longer wanted is removed") {
  CHECK(plan({vip}, {node, vip, other_vip}, {vip, other_vip}) == AddressPlan{{}, {other_vip}});
}

TEST_CASE("an unwanted address that is not ours is never removed") {
  CHECK(plan({}, {node, vip}, {}) == AddressPlan{});
}

TEST_CASE("an unwanted address of ours that is already gone is not removed twice") {
  CHECK(plan({}, {node}, {vip}) == AddressPlan{});
}

TEST_CASE("a wanted address that somebody else added is adopted") {
  CHECK(plan({vip}, {node, vip}, {}) == AddressPlan{{vip}, {}});
}

TEST_CASE("the same address with another prefix length is another address") {
  const IpPrefix host{vip.address, 32};
  CHECK(plan({vip}, {host}, {host}) == AddressPlan{{vip}, {host}});
}

TEST_CASE("addresses of both families are planned together") {
  const auto v6_vip = IpPrefix::parse("2001:db8::100/64").value();
  const auto link_local = IpPrefix::parse("fe80::100/64").value();
  CHECK(plan({v6_vip, vip}, {node, vip, link_local}, {vip, link_local}) ==
        AddressPlan{{v6_vip}, {link_local}});
}

TEST_CASE("a MAC is written in pairs of digits") {
  CHECK(text(Mac{0x00, 0x00, 0x5e, 0x00, 0x01, 0xff}) == "00:00:5e:00:01:ff");
}

TEST_CASE("a virtual router's MAC has its family and its VRID") {
  CHECK(text(virtual_mac(Vrid::of(51), Family::ipv4)) == "00:00:5e:00:01:33");
  CHECK(text(virtual_mac(Vrid::of(255), Family::ipv6)) == "00:00:5e:00:02:ff");
}

TEST_CASE(
    "a VIP's lifetime is three intervals less half a second, in whole seconds, at least one") {
  const auto lifetime = [](int centiseconds) {
    return vip_lifetime(Centiseconds{centiseconds}).count();
  };
  CHECK(lifetime(1) == 1);
  CHECK(lifetime(10) == 1);
  CHECK(lifetime(50) == 1);
  CHECK(lifetime(83) == 1);
  CHECK(lifetime(84) == 2);
  CHECK(lifetime(100) == 2);
  CHECK(lifetime(4095) == 122);
}

TEST_CASE("a snapshot is searched by index, name and address") {
  Interface lo;
  lo.index = 1;
  lo.name = "lo";
  Interface eth;
  eth.index = 7;
  eth.name = "eth0";
  eth.addresses = {node, vip};
  const Snapshot snapshot{{lo, eth}};

  REQUIRE(snapshot.by_index(7) != nullptr);
  CHECK(snapshot.by_index(7)->name == "eth0");
  CHECK(snapshot.by_index(2) == nullptr);
  REQUIRE(snapshot.by_name("lo") != nullptr);
  CHECK(snapshot.by_name("lo")->index == 1);
  CHECK(snapshot.by_name("eth") == nullptr);
  REQUIRE(snapshot.by_address(vip.address) != nullptr);
  CHECK(snapshot.by_address(vip.address)->index == 7);
  CHECK(snapshot.by_address(other_vip.address) == nullptr);
}

TEST_CASE("an interface has an address with any prefix length, and a prefix with its own") {
  const Interface interface {
    7, "eth0", true, {}, { node, vip, other_vip }
  };
  for (const auto& each : interface.addresses) {
    CHECK(interface.has(each.address));
    CHECK(interface.has(each));
    CHECK_FALSE(interface.has(IpPrefix{each.address, 31}));
  }
  CHECK_FALSE(interface.has(IpAddress{0x0a4d0000}));
  CHECK_FALSE(interface.has(IpAddress{0x0a4d0066}));
}

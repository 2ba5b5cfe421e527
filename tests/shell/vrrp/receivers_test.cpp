// Many virtual routers on one interface hear through one socket.
#include "catch.hpp"
#include "shell/vrrp/sniffer.hpp"
#include "shell/vrrp/socket_fixture.hpp"

namespace redvip::vrrp {
namespace {

// Two routers on the right host, and one on the left that speaks for any.
struct Routers {
  std::unique_ptr<Socket> open(int vrid, Inbox& inbox) {
    auto socket =
        lan.try_open(lan.right, {{"wire"}, right_address}, inbox.handler(), Vrid::of(vrid));
    REQUIRE(socket);
    return std::move(*socket);
  }

  // As the router `vrid` on the left host; its priority is the label.
  void advertise(int vrid, int priority) const {
    auto advert = advertisement(priority);
    advert.vrid = Vrid::of(vrid);
    REQUIRE(left->send(encode(advert, {left_address, group4}), group4));
  }

  bool both_hear() {
    return lan.eventually([&] { return !one.packets.empty() && !two.packets.empty(); });
  }

  Lan lan;
  Inbox one, two;
  std::unique_ptr<Socket> first = open(51, one);
  std::unique_ptr<Socket> second = open(52, two);
  std::unique_ptr<Socket> left = lan.open(lan.left, false, ignore());
};

}  // namespace

TEST_CASE("each of several routers on an interface hears the adverts of its own VRID only") {
  Routers on;
  on.advertise(52, 150);
  on.advertise(51, 151);
  REQUIRE(on.both_hear());
  CHECK(priorities(on.one) == std::vector{151});
  CHECK(priorities(on.two) == std::vector{150});
}

TEST_CASE("an advert of a virtual router that is not ours comes to each, who says why it is none") {
  Routers on;
  on.advertise(53, 150);
  REQUIRE(on.both_hear());
  CHECK(priorities(on.one) == std::vector{150});
  CHECK(priorities(on.two) == std::vector{150});
}

TEST_CASE("a router goes on hearing when another that came before it has gone") {
  Routers on;
  on.first.reset();
  on.advertise(51, 150);  // nobody's now
  on.advertise(52, 151);
  REQUIRE(on.lan.eventually([&] { return on.two.packets.size() == 2; }));
  CHECK(priorities(on.two) == std::vector{150, 151});
  CHECK(on.one.packets.empty());
}

TEST_CASE("the group is left and joined once, when all routers of an interface rejoin it") {
  Lan lan;
  lan.right.run("sysctl -qw net.ipv4.conf.wire.force_igmp_version=2");
  lan.right.run("sysctl -qw net.ipv4.conf.wire.igmpv2_unsolicited_report_interval=100");
  const Sniffer sniffer{lan.left, "wire"};
  // A leave is told only of what has been reported.
  const auto reported = [&] {
    return sniffer.next([](OctetView frame) { return igmp_type(frame) == 0x16; }).has_value();
  };
  const auto one = lan.try_open(lan.right, {{"wire"}, right_address}, ignore(), Vrid::of(51));
  const auto two = lan.try_open(lan.right, {{"wire"}, right_address}, ignore(), Vrid::of(52));
  REQUIRE((one && two));
  REQUIRE(reported());
  REQUIRE((*one)->rejoin());
  REQUIRE(reported());
  REQUIRE((*two)->rejoin());
  REQUIRE(send(**one, 150, group4));
  bool left_again = false;
  REQUIRE(sniffer.next([&](OctetView frame) {
    left_again = left_again || igmp_type(frame) == 0x17;
    return is_vrrp_over_ipv4(frame);
  }));
  CHECK_FALSE(left_again);
}

}  // namespace redvip::vrrp

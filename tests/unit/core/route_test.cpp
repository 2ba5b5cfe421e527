#include "core/route.hpp"

#include "catch.hpp"

using namespace redvip;

namespace {

Route parsed(std::string_view text) {
  const auto route = parse_route(text);
  INFO(text);
  REQUIRE(route);
  return *route;
}

IpAddress address(std::string_view text) {
  return IpAddress::parse(text).value();
}

}  // namespace

TEST_CASE("a route has a destination, and what it says beyond that") {
  const auto bare = parsed("10.0.0.0/8");
  CHECK(bare == Route{IpPrefix::parse("10.0.0.0/8").value(), {}, {}, "", 0, 0});
  const auto full =
      parsed("10.0.0.0/8 via 10.77.0.254 src 10.77.0.100 metric 50 table 100 dev eth0");
  CHECK(full.destination == IpPrefix::parse("10.0.0.0/8").value());
  CHECK(full.gateway == address("10.77.0.254"));
  CHECK(full.source == address("10.77.0.100"));
  CHECK(full.metric == 50);
  CHECK(full.table == 100);
  CHECK(full.interface == "eth0");
}

TEST_CASE("the options come in any order, and blanks do not matter") {
  CHECK(parsed("  10.0.0.0/8\tdev eth0   table 100 via 10.77.0.254 ") ==
        parsed("10.0.0.0/8 via 10.77.0.254 table 100 dev eth0"));
}

TEST_CASE("an address alone is a route to that host") {
  CHECK(parsed("10.9.9.9").destination.text() == "10.9.9.9/32");
  CHECK(parsed("2001:db8::9").destination.text() == "2001:db8::9/128");
}

TEST_CASE("the default route is of the family of its addresses, else IPv4") {
  CHECK(parsed("default via 10.77.0.254").destination.text() == "0.0.0.0/0");
  CHECK(parsed("default via fe80::1").destination.text() == "::/0");
  CHECK(parsed("default src 2001:db8::9 dev eth0").destination.text() == "::/0");
  CHECK(parsed("default dev eth0").destination.text() == "0.0.0.0/0");
}

TEST_CASE("the text of a route is read back as the same route") {
  const auto text = GENERATE(
      as<std::string>{}, "10.0.0.0/8", "0.0.0.0/0 via 10.77.0.254", "10.9.9.9/32 dev eth0.7",
      "2001:db8:1::/48 via fe80::1 src 2001:db8::100 metric 1 table 4294967295 dev bond0");
  CHECK(parsed(text).text() == text);
}

TEST_CASE("what is not a route is refused") {
  const auto text =
      GENERATE(as<std::string>{}, "", " ", "via 10.77.0.254", "10.0.0.0/33", "10.0.0.0/-1",
               "10.0.0/8", "10.0.0.1/8", "2001:db8::1/64", "default/0", "10.0.0.0/8 via",
               "10.0.0.0/8 via x", "10.0.0.0/8 via 10.77.0.254 via 10.77.0.253",
               "10.0.0.0/8 via fe80::1", "2001:db8::/32 src 10.77.0.1",
               "default via 10.77.0.254 src 2001:db8::1", "10.0.0.0/8 metric -1",
               "10.0.0.0/8 metric 4294967296", "10.0.0.0/8 metric 5x", "10.0.0.0/8 table -1",
               "10.0.0.0/8 table main", "10.0.0.0/8 dev a/b", "10.0.0.0/8 dev abcdefghijklmnop",
               "10.0.0.0/8 dev a dev b", "10.0.0.0/8 scope link", "10.0.0.0/8 onlink");
  INFO(text);
  CHECK_FALSE(parse_route(text));
}

#include "core/types.hpp"

#include "catch.hpp"

namespace redvip {
namespace {

TEST_CASE("an IPv4 address is read as four decimal octets and written back the same") {
  for (const auto* text : {"0.0.0.0", "10.77.0.100", "224.0.0.18", "255.255.255.255"}) {
    const auto address = IpAddress::parse(text);
    REQUIRE(address);
    CHECK(address->text() == text);
  }
  CHECK(IpAddress::parse("10.77.0.100") == IpAddress{0x0A4D0064});
}

TEST_CASE("an IPv6 address is read in any form and written as RFC 5952 says") {
  CHECK(IpAddress::parse("2001:DB8:0:0:0:0:0:1").value().text() == "2001:db8::1");
  CHECK(IpAddress::parse("fe80::1").value().octets().size() == 16);
  CHECK(IpAddress::parse("fe80::1").value().link_local());
  CHECK_FALSE(IpAddress::parse("fec0::1").value().link_local());
  CHECK(IpAddress::parse("ff02::12").value().multicast());
  CHECK(Endpoint{IpAddress::parse("::1").value(), 6379}.text() == "[::1]:6379");
  for (const auto* wrong : {"fe80::1%eth0", "1:2:3:4:5:6:7", "::1::", "12345::", "::1 ", "[::1]"}) {
    INFO(wrong);
    CHECK_FALSE(IpAddress::parse(wrong));
  }
}

TEST_CASE("IPv6 addresses compare unsigned, from the first octet on, and never equal IPv4 ones") {
  const auto low = IpAddress::parse("fe80::1").value();
  CHECK(low < IpAddress::parse("fe80::ffff:0:0:0").value());
  CHECK(IpAddress::parse("7fff::").value() < low);
  CHECK(IpAddress{0xFE800000} != IpAddress::parse("fe80::").value());
}

TEST_CASE("an IPv6 prefix has up to 128 bits and contains no IPv4 address") {
  const auto prefix = IpPrefix::parse("2001:db8::100/63").value();
  CHECK(prefix.text() == "2001:db8::100/63");
  CHECK(prefix.contains(IpAddress::parse("2001:db8:0:1::9").value()));
  CHECK_FALSE(prefix.contains(IpAddress::parse("2001:db8:0:2::9").value()));
  CHECK_FALSE(IpPrefix::parse("::/0").value().contains(IpAddress{0}));
  CHECK_FALSE(IpPrefix::parse("2001:db8::1/129"));
}

TEST_CASE("anything else is not an address") {
  const auto* text =
      GENERATE("", "10.77.0", "10.77.0.1.2", "10.77.0.256", "10.77.0.-1", "10.77.0.+1",
               "10.77.0.01", "10.77.0.1 ", " 10.77.0.1", "10..0.1", "10.77.0.", ".10.77.0",
               "1e1.0.0.1", "0x0a.0.0.1", "redis-a", "10.77.0.0001", "-0.0.0.1");
  INFO(text);
  CHECK_FALSE(IpAddress::parse(text));
}

TEST_CASE("addresses compare by their value, as RFC 9568 6.4.3 breaks ties") {
  CHECK(IpAddress::parse("10.0.0.9").value() < IpAddress::parse("10.0.0.10").value());
  CHECK(IpAddress::parse("9.255.255.255").value() < IpAddress::parse("10.0.0.0").value());
  CHECK(IpAddress::parse("127.255.255.255").value() < IpAddress::parse("128.0.0.0").value());
}

TEST_CASE("a prefix is an address and a length of 0 to 32") {
  const auto prefix = IpPrefix::parse("10.77.0.100/24");
  REQUIRE(prefix);
  CHECK(prefix->address == IpAddress{0x0A4D0064});
  CHECK(prefix->length == 24);
  CHECK(prefix->text() == "10.77.0.100/24");
  for (const auto* wrong :
       {"10.77.0.100", "10.77.0.100/", "10.77.0.100/33", "10.77.0.100/-1", "/24",
        "10.77.0.100/24/1", "10.77.0/24", "10.77.0.100/ 24", "10.77.0.100/x"}) {
    INFO(wrong);
    CHECK_FALSE(IpPrefix::parse(wrong));
  }
}

TEST_CASE("a prefix contains exactly the addresses that share its first bits") {
  const auto in = [](const char* prefix, const char* address) {
    return IpPrefix::parse(prefix).value().contains(IpAddress::parse(address).value());
  };
  CHECK(in("10.77.0.100/24", "10.77.0.1"));
  CHECK_FALSE(in("10.77.0.100/24", "10.77.1.1"));
  CHECK(in("10.77.0.100/23", "10.77.1.1"));
  CHECK(in("10.77.0.100/32", "10.77.0.100"));
  CHECK_FALSE(in("10.77.0.100/32", "10.77.0.101"));
  CHECK(in("0.0.0.0/0", "255.255.255.255"));
  CHECK(in("128.0.0.0/1", "200.1.1.1"));
  CHECK_FALSE(in("128.0.0.0/1", "127.255.255.255"));
}

TEST_CASE("a bounded number cannot be made out of range") {
  CHECK(Vrid::make(1)->value() == 1);
  CHECK(Vrid::make(255)->value() == 255);
  CHECK_FALSE(Vrid::make(0));
  CHECK_FALSE(Vrid::make(256));
  CHECK_FALSE(Vrid::make(-1));
  CHECK(Priority::make(0)->value() == 0);
  CHECK_FALSE(Priority::make(256));
  // A number that wraps around to a valid one is no less wrong.
  CHECK_FALSE(Vrid::make(0x100000001));
  CHECK(Priority::of(100) < Priority::of(101));
}

TEST_CASE("an endpoint is written as address and port") {
  CHECK(Endpoint{IpAddress{0x0A4D0001}, 6379}.text() == "10.77.0.1:6379");
}

TEST_CASE("an integer is decimal, complete, and fits in 64 bits") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-17") == -17);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  for (const auto* wrong : {"", "-", "+1", " 1", "1 ", "1.5", "0x10", "ten", "1e3",
                            "9223372036854775808", "-9223372036854775809"}) {
    INFO(wrong);
    CHECK_FALSE(parse_integer(wrong));
  }
}

TEST_CASE("an error says where before it says what, when it knows where") {
  CHECK(failure("it is 300, allowed are 1..255", "redvip.toml:7:8").value().text() ==
        "redvip.toml:7:8: it is 300, allowed are 1..255");
  CHECK(Error{"refused", ""}.text() == "refused");
}

}  // namespace
}  // namespace redvip

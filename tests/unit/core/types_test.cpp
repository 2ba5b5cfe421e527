#include "core/types.hpp"

#include "catch.hpp"

namespace redvip {
namespace {

TEST_CASE("an IPv4 address is read as four decimal octets and written back the same") {
  for (const auto* text : {"0.0.0.0", "10.77.0.100", "224.0.0.18", "255.255.255.255"}) {
    const auto address = Ipv4::parse(text);
    REQUIRE(address);
    CHECK(address->text() == text);
  }
  CHECK(Ipv4::parse("10.77.0.100") == Ipv4{0x0A4D0064});
}

TEST_CASE("anything else is not an IPv4 address") {
  const auto* text =
      GENERATE("", "10.77.0", "10.77.0.1.2", "10.77.0.256", "10.77.0.-1", "10.77.0.+1",
               "10.77.0.01", "10.77.0.1 ", " 10.77.0.1", "10..0.1", "10.77.0.", ".10.77.0",
               "1e1.0.0.1", "0x0a.0.0.1", "redis-a", "::1", "10.77.0.0001", "-0.0.0.1");
  INFO(text);
  CHECK_FALSE(Ipv4::parse(text));
}

TEST_CASE("addresses compare by their value, as RFC 9568 6.4.3 breaks ties") {
  CHECK(Ipv4::parse("10.0.0.9").value() < Ipv4::parse("10.0.0.10").value());
  CHECK(Ipv4::parse("9.255.255.255").value() < Ipv4::parse("10.0.0.0").value());
  CHECK(Ipv4::parse("127.255.255.255").value() < Ipv4::parse("128.0.0.0").value());
}

TEST_CASE("a prefix is an address and a length of 0 to 32") {
  const auto prefix = Ipv4Prefix::parse("10.77.0.100/24");
  REQUIRE(prefix);
  CHECK(prefix->address == Ipv4{0x0A4D0064});
  CHECK(prefix->length == 24);
  CHECK(prefix->text() == "10.77.0.100/24");
  for (const auto* wrong :
       {"10.77.0.100", "10.77.0.100/", "10.77.0.100/33", "10.77.0.100/-1", "/24",
        "10.77.0.100/24/1", "10.77.0/24", "10.77.0.100/ 24", "10.77.0.100/x"}) {
    INFO(wrong);
    CHECK_FALSE(Ipv4Prefix::parse(wrong));
  }
}

TEST_CASE("a prefix contains exactly the addresses that share its first bits") {
  const auto in = [](const char* prefix, const char* address) {
    return Ipv4Prefix::parse(prefix).value().contains(Ipv4::parse(address).value());
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
  CHECK(Endpoint{Ipv4{0x0A4D0001}, 6379}.text() == "10.77.0.1:6379");
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

#include "netlink/route_manager.hpp"

#include <net/if.h>

#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

Route route(const std::string& text) {
  return parse_route(text).value();
}

RouteManager open_routes() {
  auto opened = RouteManager::open();
  REQUIRE(opened);
  return std::move(*opened);
}

std::string shown(const std::string& what) {
  const auto pipe = popen(("ip " + what).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text(4096, '\0');
  text.resize(fread(text.data(), 1, text.size(), pipe));
  REQUIRE(pclose(pipe) == 0);
  return text;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

struct RouteHost : Namespace {
  RouteHost() {
    run("ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up");
    run("ip addr add 10.77.0.1/24 dev v0 && ip addr add 10.77.0.100/24 dev v0");
    run("ip addr add fd00:77::1/64 nodad dev v0 && ip addr add fd00:77::100/64 nodad dev v0");
    index = static_cast<int>(if_nametoindex("v0"));
  }
  void put(const std::string& text) {
    const auto done = routes.put(index, route(text));
    INFO((done ? "" : done.error().text()));
    REQUIRE(done);
  }
  void remove(const std::string& text) { REQUIRE(routes.remove(index, route(text))); }

  int index = 0;
  RouteManager routes = open_routes();
};

// One of each kind, and how `ip route` shows it.
struct Sample {
  const char* text;
  const char* table;
  const char* shown;
};

Sample any_route() {
  return GENERATE(
      Sample{"10.0.0.0/8 via 10.77.0.254", "route show table main",
             "10.0.0.0/8 via 10.77.0.254 dev v0 proto 82"},
      Sample{"10.0.0.0/8", "route show table main", "10.0.0.0/8 dev v0 proto 82 scope link"},
      Sample{"default via 10.77.0.254 src 10.77.0.100 metric 50", "route show table main",
             "default via 10.77.0.254 dev v0 proto 82 src 10.77.0.100 metric 50"},
      Sample{"10.9.9.9 via 10.77.0.254 table 1000", "route show table 1000",
             "10.9.9.9 via 10.77.0.254 dev v0 proto 82"},
      Sample{"2001:db8:1::/48 via fd00:77::254", "-6 route show table main",
             "2001:db8:1::/48 via fd00:77::254 dev v0 proto 82 metric 1024"},
      Sample{"default via fe80::1 src fd00:77::100 metric 7 table 1000", "-6 route show table 1000",
             "default via fe80::1 dev v0 proto 82 src fd00:77::100 metric 7"},
      Sample{"2001:db8:2::/48", "-6 route show table main", "2001:db8:2::/48 dev v0 proto 82"});
}

}  // namespace

TEST_CASE("a put route is there as it was written, and gone when it is removed") {
  const auto sample = any_route();
  CAPTURE(sample.text);
  RouteHost host;
  host.put(sample.text);
  CHECK(has(shown(sample.table), sample.shown));
  host.put(sample.text);
  CHECK(has(shown(sample.table), sample.shown));
  host.remove(sample.text);
  CHECK_FALSE(has(shown("route show table all") + shown("-6 route show table all"), "proto 82"));
  host.remove(sample.text);
}

TEST_CASE("a route of ours is changed by the next put") {
  RouteHost host;
  host.put("10.0.0.0/8 via 10.77.0.254");
  host.put("10.0.0.0/8 via 10.77.0.253 src 10.77.0.100");
  CHECK(shown("route show 10.0.0.0/8") ==
        "10.0.0.0/8 via 10.77.0.253 dev v0 proto 82 src 10.77.0.100 \n");
  host.put("2001:db8:1::/48 via fd00:77::254");
  host.put("2001:db8:1::/48 via fd00:77::253");
  CHECK(has(shown("-6 route show 2001:db8:1::/48"), "via fd00:77::253"));
  CHECK_FALSE(has(shown("-6 route show 2001:db8:1::/48"), "via fd00:77::254"));
}

TEST_CASE("an operator's route is neither changed nor removed, and putting ours is an error") {
  const bool v4 = either_family() == Family::ipv4;
  const std::string ours = v4 ? "10.0.0.0/8 via 10.77.0.254" : "2001:db8:1::/48 via fd00:77::254";
  CAPTURE(ours);
  RouteHost host;
  run("ip route add " + ours + " dev v0");
  const auto put = host.routes.put(host.index, route(ours));
  REQUIRE_FALSE(put);
  CHECK(put.error().text() ==
        "cannot add the route " + ours + ": there is another that is not ours");
  host.remove(ours);
  CHECK(host.routes.remove_leftovers() == 0);
  CHECK(has(shown(v4 ? "route show" : "-6 route show"), ours + " dev v0"));
}

TEST_CASE("a route with another metric stands beside an operator's") {
  RouteHost host;
  run("ip route add default via 10.77.0.253");
  host.put("default via 10.77.0.254 metric 50");
  host.remove("default via 10.77.0.254 metric 50");
  CHECK(has(shown("route show default"), "default via 10.77.0.253"));
}

TEST_CASE("a route that went with its source address is put again") {
  RouteHost host;
  host.put("10.0.0.0/8 via 10.77.0.254 src 10.77.0.100");
  run("ip addr del 10.77.0.100/24 dev v0");
  CHECK(shown("route show 10.0.0.0/8").empty());
  run("ip addr add 10.77.0.100/24 dev v0");
  host.put("10.0.0.0/8 via 10.77.0.254 src 10.77.0.100");
  CHECK_FALSE(shown("route show 10.0.0.0/8").empty());
}

TEST_CASE("the leftovers of a predecessor are removed from every table, and nothing else is") {
  RouteHost host;
  const auto before = shown("route show table all") + shown("-6 route show table all");
  host.put("10.0.0.0/8 via 10.77.0.254");
  host.put("10.9.9.9 via 10.77.0.254 table 1000 metric 3");
  host.put("2001:db8:1::/48 via fd00:77::254 table 7");
  host.put("default via fe80::1");
  CHECK(open_routes().remove_leftovers() == 4);
  CHECK(shown("route show table all") + shown("-6 route show table all") == before);
  CHECK(open_routes().remove_leftovers() == 0);
}

TEST_CASE("a route that cannot be is an error that names it and says why") {
  RouteHost host;
  const auto result = host.routes.put(host.index, route("10.0.0.0/8 via 10.88.0.1"));
  REQUIRE_FALSE(result);
  CHECK(result.error().text() ==
        "RTM_NEWROUTE: cannot add the route 10.0.0.0/8 via 10.88.0.1: Network is unreachable "
        "(Nexthop has invalid gateway)");
  const auto nowhere = host.routes.put(99, route("10.0.0.0/8"));
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("10.0.0.0/8: No such device") != std::string::npos);
  CHECK(host.routes.remove(99, route("10.0.0.0/8")));
}

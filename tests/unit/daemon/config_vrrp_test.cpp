// What the versions and families of VRRP allow, and what can be tracked.
#include "catch.hpp"
#include "config_text.hpp"

namespace redvip::daemon {
namespace {

ServiceConfig service_of(const std::string& text) {
  const auto config = parse(text);
  REQUIRE(errors_of(config) == "");
  return config->services.at(0);
}

std::string ipv6(const std::string& first) {
  auto text = replaced(minimal, "\"10.77.0.100/24\"", '"' + first + "\", \"2001:db8::100/64\"");
  text = replaced(text, "10.77.0.1\"", "10.77.0.1\"\nlink_local = \"fe80::1\"");
  return replaced(text, "10.77.0.2\"", "10.77.0.2\"\nlink_local = \"fe80::2\"");
}

TEST_CASE("VRRPv2 advertises each second unless told otherwise, in whole seconds only") {
  CHECK(service_of(minimal + "version = 2\n").advert_interval == Seconds{1});
  CHECK(service_of(minimal + "version = 2\nadvert_interval = \"3s\"\n").advert_interval ==
        Seconds{3});
  CHECK(errors_in(minimal + "version = 2\nadvert_interval = \"1500ms\"\n") ==
        "f:16:19: service.advert_interval: VRRPv2 counts in whole seconds; allowed: \"1s\" to "
        "\"40s\"\n");
  CHECK(errors_in(minimal + "version = 4\n") ==
        "f:15:11: service.version: found 4; allowed: 2 or 3\n");
}

TEST_CASE("an IPv6 service advertises its link-local address first, from link-local addresses") {
  const auto service = service_of(ipv6("fe80::100/64"));
  CHECK(service.family() == Family::ipv6);
  CHECK(service.virtual_ips.size() == 2);
  CHECK(errors_in(ipv6("2001:db8::99/64")).find("must be link-local") != std::string::npos);
  const auto unnamed = replaced(ipv6("fe80::100/64"), "link_local = \"fe80::2\"", "");
  CHECK(errors_in(unnamed).find("f:6:1: node.link_local: missing, but redis-b") == 0);
  CHECK(errors_in(ipv6("fe80::100/64") + "version = 2\n").find("VRRPv2 is for IPv4 only") !=
        std::string::npos);
}

TEST_CASE("addresses of both families go together; the first one's is that of VRRP") {
  const auto service =
      service_of(replaced(minimal, "100/24\"]", "100/24\", \"2001:db8::100/64\"]"));
  CHECK(service.family() == Family::ipv4);
  CHECK(service.virtual_ips.size() == 2);
}

TEST_CASE("a node whose address is of another family cannot advertise from it") {
  CHECK(errors_in(replaced(minimal, "10.77.0.2", "2001:db8::2")) ==
        "f:5:1: node.address: found \"2001:db8::2\", but service cache advertises from it over "
        "IPv4\n");
}

TEST_CASE("authentication belongs to a version, and its password fits") {
  using Type = Authentication::Type;
  const auto auth = [](const std::string& version, const std::string& table) {
    return minimal + "version = " + version + "\nauth = { " + table + " }\n";
  };
  CHECK(service_of(auth("2", "type = \"ah\", password = \"s3cr3t78\"")).auth ==
        Authentication{Type::ah, "s3cr3t78"});
  CHECK(errors_in(auth("2", "type = \"pass\", password = \"s3cr3t789\"")) ==
        "f:16:8: service.auth.password: has 9 characters; allowed: 1 to 8\n");
  CHECK(errors_in(auth("2", "type = \"pass\"")) ==
        "f:16:8: service.auth: neither password nor password_file\n");
  CHECK(errors_in(auth("3", "type = \"pass\", password = \"x\"")) ==
        "f:16:8: service.auth.type: pass and ah are for version 2, hmac for 3\n");
  CHECK(errors_in(auth("3", "type = \"hmac\", password = \"short\"")) ==
        "f:16:8: service.auth.password: has 5 characters; allowed: 32 to 64\n");
}

TEST_CASE("what is tracked is one thing, with the defaults of its kind") {
  const auto track = [](const std::string& keys) {
    return service_of(minimal + "[[service.track]]\n" + keys + "\n").tracks.at(0);
  };
  CHECK(track("interface = \"eth1\"\nweight = -5") ==
        Track{"eth1", InterfaceTrack{"eth1"}, -5, 1, 1});
  CHECK(track("script = [\"/bin/test\", \"-e\", \"/x\"]\nfall = 3") ==
        Track{"/bin/test", ScriptTrack{{"/bin/test", "-e", "/x"}, Seconds{1}, Seconds{1}, ""}, 0, 1,
              3});
  CHECK(track("script = \"/x\"\nuser = \"redis\"\ntimeout = \"5s\"\nname = \"x\"") ==
        Track{"x", ScriptTrack{{"/x"}, Seconds{1}, Seconds{5}, "redis"}, 0, 1, 1});
  CHECK(track("file = \"/run/drain\"") ==
        Track{"/run/drain", FileTrack{"/run/drain", Seconds{1}}, 0, 1, 1});
  CHECK(track("ping = \"10.77.0.254\"\ninterval = \"2s\"") ==
        Track{"ping 10.77.0.254", PingTrack{IpAddress{0x0A4D00FE}, Seconds{2}, Millis{400}}, 0, 1,
              1});
}

TEST_CASE("a track of nothing, or of two things, is refused") {
  const auto error = [](const std::string& keys) {
    return errors_in(minimal + "[[service.track]]\n" + keys + "\n");
  };
  CHECK(error("weight = 5") ==
        "f:15:1: service.track: tracks nothing; allowed: one of interface, script, file, ping\n");
  CHECK(error("interface = \"\"").find("tracks nothing") != std::string::npos);
  CHECK(error("interface = \"eth1\"\nping = \"10.77.0.9\"").find("more than one") !=
        std::string::npos);
  CHECK(error("script = \"relative/path\"").find("an absolute path") != std::string::npos);
  CHECK(error("ping = \"fe80::1\"").find("means nothing without an interface") !=
        std::string::npos);
}

TEST_CASE("routes are read in the words of ip-route") {
  const auto service = service_of(minimal + "routes = [\"10.9.0.0/16 via 10.77.0.254\"]\n");
  CHECK(service.routes.at(0).text() == "10.9.0.0/16 via 10.77.0.254");
  CHECK(errors_in(minimal + "routes = [\"10.9.0.0/16 through 10.77.0.254\"]\n")
            .find("found \"10.9.0.0/16 through 10.77.0.254\"; allowed: DESTINATION/LENGTH") !=
        std::string::npos);
}

}  // namespace
}  // namespace redvip::daemon

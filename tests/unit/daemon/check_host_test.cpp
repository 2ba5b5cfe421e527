#include "catch.hpp"
#include "config_text.hpp"
#include "daemon/check_judge.hpp"

namespace redvip::daemon {

namespace {

const auto own = IpPrefix::parse("10.77.0.1/24").value();
constexpr IpAddress node_b{0x0a4d0002};
constexpr IpAddress stranger{0x0a4d0009};

HostFacts good_host() {
  HostFacts host;
  host.net_admin = host.net_raw = true;
  host.interfaces = {{"lo", {IpPrefix::parse("127.0.0.1/8").value()}, true}, {"eth0", {own}, true}};
  return host;
}

// All but the good findings, one a line.
std::string faults(const HostFacts& host, const std::string& text = minimal) {
  std::string lines;
  for (const auto& finding : judge_host(parse(text).value(), host)) {
    if (finding.level != Level::ok)
      lines += finding.line() + (finding.stops_run ? " [stop]\n" : "\n");
  }
  return lines;
}

}  // namespace

TEST_CASE("a host that has everything is told so") {
  const auto findings = judge_host(parse(minimal).value(), good_host());
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].line() == "OK       CAP_NET_ADMIN and CAP_NET_RAW are here");
  CHECK(findings[1].line() == "OK       cache: uses eth0");
}

TEST_CASE("a missing capability stops run with the cure") {
  auto host = good_host();
  host.net_raw = false;
  CHECK(faults(host) ==
        "PROBLEM  CAP_NET_RAW is missing - run as root, or with "
        "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in the unit [stop]\n");
  host.net_raw = true;
  host.net_admin = false;
  CHECK(faults(host).starts_with("PROBLEM  CAP_NET_ADMIN is missing"));
}

TEST_CASE("a missing interface stops run") {
  auto host = good_host();
  host.interfaces.pop_back();
  CHECK(faults(host) ==
        "PROBLEM  cache: no interface carries 10.77.0.1 - add the address, or correct this node's "
        "address [stop]\n");
  CHECK(faults(good_host(), minimal + "interface = \"eth7\"\n") ==
        "PROBLEM  cache: there is no interface eth7 - correct service.interface [stop]\n");
}

TEST_CASE("an interface that is down does not stop run") {
  auto host = good_host();
  host.interfaces[1].running = false;
  CHECK(faults(host) ==
        "WARNING  cache: eth0 is down - bring it up; until then the service is in fault\n");
}

TEST_CASE("a virtual IP outside the interface's subnets is a warning") {
  CHECK(faults(good_host(), replaced(minimal, "10.77.0.100/24", "10.78.0.100/24")) ==
        "WARNING  cache: 10.78.0.100/24 is in no subnet of eth0 - clients there need a route to "
        "it; check the address and its mask\n");
}

TEST_CASE("without nf_tables it is said what will be done without") {
  auto host = good_host();
  host.no_drain_guard = "nft: this kernel has no nf_tables";
  CHECK(faults(host) ==
        "WARNING  a dead master's last bytes are read unguarded, so a replica more than a second "
        "behind may lose some: nft: this kernel has no nf_tables - provide nf_tables of Linux 5.12 "
        "or later, and CAP_NET_ADMIN\n");
  host.no_drain_guard = "";
  host.no_client_gate = "nft table x: no reject";
  CHECK(faults(host).starts_with("WARNING  clients of a Redis that restarts while its address "));
}

TEST_CASE("keepalived with our VRID on this host stops run, with another it is nothing") {
  auto host = good_host();
  host.keepalived = {{42, std::vector{7, 51}}};
  CHECK(faults(host) ==
        "PROBLEM  cache: keepalived (pid 42) manages VRID 51 on this host - systemctl disable "
        "--now keepalived, or give redvip another vrid [stop]\n");
  host.keepalived = {{42, std::vector{7}}};
  CHECK(faults(host) == "");
  host.keepalived = {{42, {}}};
  CHECK(faults(host) ==
        "WARNING  cache: keepalived (pid 42) runs here; its configuration is not readable - make "
        "sure that it does not use VRID 51\n");
}

TEST_CASE("a stranger that speaks our VRID stops run, a node of ours does not") {
  auto host = good_host();
  host.heard = {{node_b, 3, 51}, {stranger, 3, 50}};
  CHECK(faults(host) == "");
  host.heard = {{stranger, 3, 51}};
  CHECK(faults(host) ==
        "PROBLEM  cache: 10.77.0.9 advertises VRID 51 in VRRPv3 and is no node of ours - stop "
        "keepalived (or what else it is) there, choose another vrid, or let it take part with "
        "any_source = true [stop]\n");
  CHECK(faults(host, minimal + "any_source = true\n") == "");
}

TEST_CASE("a node that speaks another version of VRRP stops run, the same one does not") {
  auto host = good_host();
  host.heard = {{node_b, 2, 51}};
  CHECK(faults(host).starts_with(
      "PROBLEM  cache: 10.77.0.2 (redis-b) advertises VRID 51 in VRRPv2, this service in VRRPv3"));
  CHECK(faults(host).ends_with("[stop]\n"));
  CHECK(faults(host, minimal + "version = 2\n") == "");
}

TEST_CASE("with an interface of its own a strange v3 source may be a peer, so run goes on") {
  auto host = good_host();
  host.heard = {{stranger, 3, 51}};
  const auto lines = faults(host, minimal + "interface = \"eth0\"\n");
  CHECK(lines.starts_with("PROBLEM  cache: 10.77.0.9 advertises"));
  CHECK_FALSE(lines.ends_with("[stop]\n"));
}

TEST_CASE("a keepalived.conf gives its VRIDs, without those in comments") {
  CHECK(virtual_router_ids("vrrp_instance a { virtual_router_id 51 }\n#  virtual_router_id 52\n"
                           "vrrp_instance b {\n\tvirtual_router_id\t53 ! virtual_router_id 54\n}\n"
                           "virtual_router_id x") == std::vector{51, 53});
}

}  // namespace redvip::daemon

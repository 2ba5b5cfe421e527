#include "catch.hpp"
#include "check_sample.hpp"
#include "daemon/check_judge.hpp"

namespace redvip::daemon {

TEST_CASE("of a host that has everything each thing that was looked at is a line") {
  CHECK(lines_of(judge_host(parse(minimal).value(), good_host())) ==
        "OK       host: CAP_NET_ADMIN and CAP_NET_RAW are here\n"
        "OK       cache: uses eth0, which has 10.77.0.1\n"
        "OK       cache: nobody else advertises VRID 51 (listened for 2.2 s)\n");
}

TEST_CASE("what real-time scheduling lacks is a warning, unless it is not wanted") {
  auto host = good_host();
  const auto with = [&](const std::string& more) {
    return faults(judge_realtime(parse(more + minimal).value(), host));
  };
  CHECK(with("") == "");
  host.ipc_lock = false;
  CHECK(with("") ==
        "WARNING  host: CAP_IPC_LOCK is missing: on a busy host adverts may be late, and the "
        "address moves for nothing - run as root, or with AmbientCapabilities=CAP_SYS_NICE "
        "CAP_IPC_LOCK in the unit, or set daemon.realtime = false\n");
  CHECK(with("daemon.realtime = false\n") == "");
}

TEST_CASE("a missing capability stops run with the cure") {
  auto host = good_host();
  host.net_raw = false;
  CHECK(faults(host) ==
        "PROBLEM  host: CAP_NET_RAW is missing - run as root, or with "
        "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in the unit [stop]\n");
  host.net_raw = true;
  host.net_admin = false;
  CHECK(faults(host).starts_with("PROBLEM  host: CAP_NET_ADMIN is missing"));
}

TEST_CASE("a missing interface stops run") {
  auto host = good_host();
  host.interfaces.pop_back();
  CHECK(faults(host) ==
        "PROBLEM  cache: no interface carries 10.77.0.1 - add the address, or correct this node's "
        "address [stop]\n");
  CHECK(faults(good_host(), minimal + "interface = \"eth7\"\n") ==
        "PROBLEM  cache: there is no interface eth7 - correct service.interface; this host has "
        "eth0 [stop]\n");
}

TEST_CASE("an interface that lacks this node's address is a problem that names the right one") {
  auto host = good_host();
  host.interfaces.push_back({"eth1", {IpPrefix::parse("10.78.0.1/24").value()}, true});
  const auto on_eth1 = minimal + "interface = \"eth1\"\n";
  CHECK(faults(host, on_eth1)
            .starts_with("PROBLEM  cache: eth1 does not have 10.77.0.1, which is on eth0: the "
                         "service stays in fault "
                         "- set service.interface = \"eth0\", or leave it out\n"));
  host.interfaces[1].addresses.clear();
  CHECK(faults(host, on_eth1)
            .starts_with(
                "PROBLEM  cache: eth1 does not have 10.77.0.1, from which this node advertises"));
}

TEST_CASE("an interface without multicast is a problem, but for unicast") {
  auto host = good_host();
  host.interfaces[1].multicast = false;
  CHECK(faults(host).starts_with("PROBLEM  cache: eth0 cannot multicast"));
  CHECK(faults(host, minimal + "unicast = true\n") == "");
}

TEST_CASE("a kernel that would not answer ARP for the address is a problem") {
  auto host = good_host();
  host.interfaces[1].arp_ignore = 8;
  CHECK(faults(host) ==
        "PROBLEM  cache: net.ipv4.conf.eth0.arp_ignore is 8: the kernel answers no ARP request, so "
        "that nobody finds the address - sysctl -w net.ipv4.conf.eth0.arp_ignore=0 "
        "net.ipv4.conf.all.arp_ignore=0, and the same in /etc/sysctl.d\n");
  for (const int harmless : {0, 1, 2, 3}) {
    host.interfaces[1].arp_ignore = harmless;
    CHECK(faults(host) == "");
  }
}

TEST_CASE("IPv6 that is off is a problem where the service has IPv6 addresses") {
  const auto both = replaced(minimal, "\"10.77.0.100/24\"", "\"10.77.0.100/24\", \"fd00::5/64\"");
  auto host = good_host();
  host.interfaces[1].addresses.push_back(IpPrefix::parse("fd00::1/64").value());
  CHECK(faults(host, both) == "");
  host.interfaces[1].has_ipv6 = false;
  CHECK(faults(host) == "");
  CHECK(faults(host, both)
            .starts_with("PROBLEM  cache: IPv6 is off on eth0 (net.ipv6.conf.eth0.disable_ipv6)"));
  host.interfaces[1].has_ipv6 = true;
  host.ipv6_by_default = false;
  CHECK(faults(host, both) == "");
  CHECK(faults(host, both + "vmac = true\n")
            .starts_with("PROBLEM  cache: IPv6 is off on new interfaces"));
}

TEST_CASE("a virtual IP that is here and not from redvip is a problem") {
  auto host = good_host();
  const auto vip = IpPrefix::parse("10.77.0.100/24").value();
  host.interfaces[1].addresses.push_back(vip);
  CHECK(faults(host) ==
        "PROBLEM  cache: this host has 10.77.0.100/24 on eth0 already, and not from redvip: it "
        "would stay when another node serves - stop what manages it (keepalived, or take it out of "
        "the network's configuration), then ip address del 10.77.0.100/24 dev eth0\n");
  host.marked = {vip};
  CHECK(faults(host) == "");
  host.marked.clear();
  host.redvip = 4711;
  CHECK(faults(host) == "");
  CHECK(lines_of(judge_host(parse(minimal).value(), host)).find("redvip runs here, pid 4711") !=
        std::string::npos);
}

TEST_CASE("a program that cannot be run is a problem of a track and a warning of notify") {
  auto host = good_host();
  host.broken_programs = {{"cache", "track script /x", "does not exist", true},
                          {"cache", "notify /y", "is not executable", false},
                          {"other", "notify /z", "is not executable", false}};
  CHECK(faults(host) ==
        "PROBLEM  cache: its track script /x does not exist, which counts as a failure - correct "
        "[[service.track]], or make it a program that its user may run\n"
        "WARNING  cache: its notify /y is not executable - correct service.notify, or make it a "
        "program that can be run\n");
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
        "WARNING  host: a dead master's last bytes are read unguarded, so a replica more than a "
        "second "
        "behind may lose some: nft: this kernel has no nf_tables - provide nf_tables of Linux 5.12 "
        "or later, and CAP_NET_ADMIN\n");
  host.no_drain_guard = "";
  host.no_client_gate = "nft table x: no reject";
  CHECK(faults(host).starts_with(
      "WARNING  host: clients of a Redis that restarts while its address "));
}

}  // namespace redvip::daemon

#include "catch.hpp"
#include "check_sample.hpp"

namespace redvip::daemon {

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
        "WARNING  cache: keepalived (pid 42) runs here; its configuration is not readable - run as "
        "root, or make sure that it does not use VRID 51\n");
}

TEST_CASE("its address is not told beside the keepalived that put it there") {
  auto host = good_host();
  host.interfaces[1].addresses.push_back(IpPrefix::parse("10.77.0.100/24").value());
  host.keepalived = {{42, std::vector{51}}};
  CHECK(faults(host).starts_with("PROBLEM  cache: keepalived (pid 42) manages VRID 51"));
}

TEST_CASE("a keepalived of another VRID whose scripts move a Redis is a warning") {
  auto host = good_host();
  host.keepalived = {{42, std::vector{7}, {"/etc/keepalived/redis_master.sh"}}};
  CHECK(faults(host) ==
        "WARNING  cache: keepalived (pid 42) runs /etc/keepalived/redis_master.sh, which moves the "
        "roles of a Redis (SLAVEOF): two managers of one Redis undo each other's work - take it "
        "out of keepalived.conf if it is about this service's Redis\n");
}

TEST_CASE("a stranger that speaks our VRID stops run, a node of ours does not") {
  auto host = good_host();
  host.heard = {{node_b, 3, 51}, {stranger, 3, 50}};
  CHECK(faults(host) == "");
  CHECK(lines_of(judge_host(parse(minimal).value(), host))
            .find("OK       cache: 10.77.0.2 (redis-b) advertises VRID 51 as this file says\n") !=
        std::string::npos);
  host.heard = {{stranger, 3, 51, "unknown-source"}};
  CHECK(faults(host) ==
        "PROBLEM  cache: 10.77.0.9 advertises VRID 51 in VRRPv3 and is no node of ours - stop "
        "keepalived (or what else it is) there, choose another vrid, or let it take part with "
        "any_source = true [stop]\n");
  host.heard = {{stranger, 3, 51}};
  CHECK(faults(host, minimal + "any_source = true\n") == "");
}

TEST_CASE("a node that speaks another version of VRRP stops run, the same one does not") {
  auto host = good_host();
  host.heard = {{node_b, 2, 51, "version"}};
  CHECK(faults(host).starts_with(
      "PROBLEM  cache: 10.77.0.2 (redis-b) advertises VRID 51 in VRRPv2, this service in VRRPv3"));
  CHECK(faults(host).ends_with("[stop]\n"));
  host.heard = {{node_b, 2, 51}};
  CHECK(faults(host, minimal + "version = 2\n") == "");
}

TEST_CASE("what a node advertises otherwise is a warning, what would be dropped a problem") {
  auto host = good_host();
  host.heard = {{node_b, 3, 51, "", "interval 1 s, here 100 ms"}};
  CHECK(faults(host) ==
        "WARNING  cache: 10.77.0.2 (redis-b) advertises VRID 51 otherwise than this file says: "
        "interval 1 s, here 100 ms - put the same file on every node; if it is keepalived, stop it "
        "once redvip runs here\n");
  host.heard = {{node_b, 3, 51, "auth-failure"}};
  CHECK(faults(host) ==
        "PROBLEM  cache: 10.77.0.2 (redis-b) advertises VRID 51, but it would be dropped here "
        "(auth-failure), and both would be owners - put the same file on every node, and stop "
        "keepalived there if it runs\n");
}

TEST_CASE("who could not listen, or has no interface, does not say that nobody is there") {
  const auto nobody = [](const HostFacts& host) {
    return lines_of(judge_rivals(parse(minimal).value(), parse(minimal)->services[0], host));
  };
  auto host = good_host();
  CHECK(nobody(host) == "OK       cache: nobody else advertises VRID 51 (listened for 2.2 s)\n");
  host.deaf = "socket for VRRP on eth0: Operation not permitted";
  CHECK(nobody(host) == "");
  CHECK(faults(host) ==
        "WARNING  host: could not listen for other VRRP speakers: socket for VRRP on eth0: "
        "Operation not permitted - make sure that no other router uses our VRIDs\n");
  host = good_host();
  host.interfaces.pop_back();
  CHECK(nobody(host) == "");
}

TEST_CASE("a keepalived.conf gives its VRIDs, without those in comments") {
  CHECK(virtual_router_ids("vrrp_instance a { virtual_router_id 51 }\n#  virtual_router_id 52\n"
                           "vrrp_instance b {\n\tvirtual_router_id\t53 ! virtual_router_id 54\n}\n"
                           "virtual_router_id x") == std::vector{51, 53});
}

TEST_CASE("a keepalived.conf gives its longest interval, so that it is listened for long enough") {
  CHECK(longest_advert_interval("vrrp_instance a {\n}\n") == Seconds{1});
  CHECK(longest_advert_interval("advert_int 3\n advert_int 1\n# advert_int 200\n") == Seconds{3});
  CHECK(longest_advert_interval("advert_int 2.5\n") == Seconds{3});
  CHECK(longest_advert_interval("advert_int 99999\nadvert_int x\n") == Seconds{1});
}

TEST_CASE("a keepalived.conf gives the scripts that it names, quoted or not, each once") {
  CHECK(named_paths("notify_master \"/etc/k/redis_master.sh 6379\"\n"
                    "script /usr/bin/check # /not/this\n"
                    "notify_backup '/x'\nnotify_fault /usr/bin/check\n") ==
        std::vector<std::string>{"/etc/k/redis_master.sh", "/usr/bin/check"});
}

TEST_CASE("a script moves roles when it says so in either word and any case") {
  CHECK(moves_roles("redis-cli -h $1 slaveof NO ONE\n"));
  CHECK(moves_roles("echo REPLICAOF no one | nc\n"));
  CHECK_FALSE(moves_roles("redis-cli ping\n"));
}

}  // namespace redvip::daemon

// From two files to one: what is written, what is told, and what is refused.
#include "daemon/import/import.hpp"

#include "catch.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

TEST_CASE(
    "the smallest file becomes one that redvip accepts, and changes nothing that keepalived did") {
  const auto result =
      convert({{"a.conf", instance("priority 100")}, {"b.conf", instance("priority 90")}});
  INFO(result.told);
  CHECK(
      result.toml ==
      R"(# By redvip import, from a.conf, b.conf. The same on every host, as /etc/redvip/redvip.toml.

[[node]]
name = "redis-a"
address = "10.0.0.1"

[[node]]
name = "redis-b"
address = "10.0.0.2"

[[service]]
name = "VI_1"
vrid = 51
virtual_ips = ["10.0.0.100/24"]
interface = "eth0"
priorities = { redis-a = 100, redis-b = 90 }
preempt = true
# As keepalived's, so that the two understand each other while you switch.
# When every host runs redvip, take these out for adverts every 100 ms
# (docs/migration.md).
version = 2
advert_interval = "1s"
redis.port = 6379
)");
  CHECK(result.refusal().empty());
  CHECK(result.says({"preempt = true", "redvip's own default is false"}));
}

struct Claim {
  const char* name;
  const char* a;
  const char* b;
  const char* toml;  // what is in it; "" where only the remark counts
  std::vector<std::string> told;
};

void check(const Claim& claim) {
  INFO(claim.name);
  const auto result = convert({{"a.conf", instance(claim.a)}, {"b.conf", instance(claim.b)}});
  INFO(result.toml << result.told);
  CHECK(result.has(claim.toml));
  CHECK(result.says(claim.told));
  CHECK(result.refusal().empty());
}

TEST_CASE("what keepalived can say has its key") {
  check({"nopreempt",
         "state BACKUP\nnopreempt\npriority 9",
         "nopreempt\npriority 8",
         "preempt = false\n",
         {"a.conf:8: mapped: nopreempt -> preempt = false"}});
  check({"delay",
         "preempt_delay 30\npriority 9",
         "priority 8",
         "preempt_delay = \"30s\"\n",
         {"mapped: preempt_delay"}});
  check({"v3",
         "version 3\nadvert_int 0.25\npriority 9",
         "version 3\nadvert_int 0.25\npriority 8",
         "version = 3\nadvert_interval = \"250ms\"\n",
         {"mapped: version 3, advert_int 250ms"}});
  check({"pass",
         "authentication {\nauth_type PASS\nauth_pass 1111\n}\npriority 9",
         "authentication {\nauth_type PASS\nauth_pass 1111\n}\npriority 8",
         "auth = { type = \"pass\", password_file = \"/etc/redvip/vrrp.password\" }\n",
         {"mapped: authentication PASS", "install -D -m 640 -g redvip"}});
  check({"ah",
         "authentication {\nauth_type AH\nauth_pass 1111\n}\npriority 9",
         "authentication {\nauth_type AH\nauth_pass 1111\n}\npriority 8",
         "type = \"ah\"",
         {"mapped: authentication AH"}});
  check({"unicast",
         "unicast_peer {\n10.0.0.2\n}\npriority 9",
         "unicast_peer {\n10.0.0.1\n}\npriority 8",
         "unicast = true\n",
         {"mapped: unicast_peer 10.0.0.2"}});
  check({"excluded",
         "virtual_ipaddress_excluded {\n10.9.0.1/16\n}\npriority 9",
         "virtual_ipaddress_excluded {\n10.9.0.1/16\n}\npriority 8",
         "virtual_ips = [\"10.0.0.100/24\", \"10.9.0.1/16\"]\n",
         {"keepalived before 2.3.3"}});
  check({"route",
         "virtual_routes {\n0.0.0.0/0 gw 10.0.0.254 priority 5\n}\npriority 9",
         "priority 8",
         "routes = [\"default via 10.0.0.254 metric 5\"]\n",
         {"mapped: virtual_routes"}});
  check({"garp",
         "garp_master_delay 90\ngarp_master_repeat 2\ngarp_master_refresh 0\npriority 9",
         "priority 8",
         "garp.repeat = 2\ngarp.delay = \"60s\"\ngarp.refresh = \"0s\"\n",
         {"garp_master_delay 90", "redvip's range ends there"}});
  check({"no_accept", "no_accept\npriority 9", "priority 8", "accept = false\n", {"is it meant?"}});
  check({"255",
         "state MASTER\npriority 255",
         "priority 8",
         "redis-a = 255",
         {"mistake: priority 255"}});
}

TEST_CASE("a mistake of the old file is told, with what it did") {
  check({"nopreempt with MASTER",
         "state MASTER\nnopreempt\npriority 9",
         "state BACKUP\nnopreempt\npriority 8",
         "preempt = false\n",
         {"a.conf:8: mistake: `nopreempt` with `state MASTER`"}});
  check({"equal priorities",
         "priority 9",
         "priority 9",
         "{ redis-a = 9, redis-b = 8 }",
         {"b.conf:7: mistake: priority 9 on both hosts"}});
  check({"no priorities",
         "",
         "",
         "{ redis-a = 100, redis-b = 99 }",
         {"mistake: priority 100 on both"}});
  check({"other interval",
         "advert_int 1\npriority 9",
         "advert_int 3\npriority 8",
         "advert_interval = \"1s\"",
         {"b.conf:7: mistake: advert_int 3s, but a.conf:7 has advert_int 1s", "both lead"}});
  check({"other version",
         "version 3\npriority 9",
         "priority 8",
         "version = 3\n",
         {"mistake: version 2, but a.conf:7 has version 3"}});
  check({"half a second in v2",
         "advert_int 0.5\npriority 9",
         "priority 8",
         "advert_interval = \"1s\"",
         {"a.conf:7: mistake: advert_int is not in whole seconds"}});
  check({"v3 with a password",
         "version 3\nauthentication {\nauth_type PASS\nauth_pass 1\n}\npriority 9",
         "version 3\npriority 8",
         "version = 3",
         {"mistake: auth_type PASS with version 3"}});
  check({"other passwords",
         "authentication {\nauth_type PASS\nauth_pass 1\n}\npriority 9",
         "authentication {\nauth_type PASS\nauth_pass 2\n}\npriority 8",
         "auth = ",
         {"b.conf:7: mistake: its authentication is not that of a.conf:7"}});
  check({"a # in the password",
         "authentication {\nauth_type PASS\nauth_pass ab#c\n}\npriority 9",
         "authentication {\nauth_type PASS\nauth_pass ab#c\n}\npriority 8",
         "auth = ",
         {"a.conf:9: mistake: the # or ! in the password begins a comment"}});
  check({"a long password",
         "authentication {\nauth_type PASS\nauth_pass 123456789\n}\npriority 9",
         "authentication {\nauth_type PASS\nauth_pass 123456789\n}\npriority 8",
         "auth = ",
         {"mistake: the password is longer than 8"}});
  check({"a one-line block",
         "authentication { auth_type PASS auth_pass 1111 }\npriority 9",
         "priority 8",
         "",
         {"a.conf:7: mistake: one directive a line", "`auth_pass`"}});
  check({"state SLAVE", "state SLAVE\npriority 9", "priority 8", "", {"mistake: `state SLAVE`"}});
  check({"unicast without peers",
         "unicast_src_ip 10.0.0.1\npriority 9",
         "priority 8",
         "",
         {"mistake: `unicast_src_ip` without `unicast_peer`"}});
  check({"unicast on one side",
         "unicast_peer {\n10.0.0.2\n}\npriority 9",
         "priority 8",
         "unicast = true",
         {"mistake: one host has unicast_peer"}});
  check({"priority out of range",
         "priority 300",
         "priority 8",
         "redis-a = 100",
         {"a.conf:7: mistake: `priority 300` is not 1 to 255: keepalived takes 100"}});
  check({"twice",
         "priority 9\npriority 7",
         "priority 8",
         "redis-a = 7",
         {"a.conf:8: mistake: `priority` a second time, after line 7: keepalived takes the last"}});
  check({"no such check",
         "track_script {\nnone\n}\npriority 9",
         "priority 8",
         "",
         {"mistake: there is no vrrp_script `none`"}});
  check({"use_vmac with unicast",
         "use_vmac\nunicast_peer {\n10.0.0.2\n}\npriority 9",
         "unicast_peer {\n10.0.0.1\n}\npriority 8",
         "unicast = true",
         {"dropped: use_vmac with unicast"}});
}

TEST_CASE("a VRID that differs is a mistake, and one service with the first host's") {
  const auto result =
      convert({{"a.conf", instance("priority 9")}, {"b.conf", instance("priority 8", "VI_1", 52)}});
  CHECK(result.says(
      {"b.conf:3: mistake: virtual_router_id 52, but a.conf:3 has virtual_router_id 51"}));
  CHECK(result.says({"mistake: its virtual_ipaddress is not that of a.conf:1"}));
  CHECK(result.has("vrid = 51\n"));
  CHECK(result.refusal().empty());
}

TEST_CASE("a weight no greater than the gap, or beside nopreempt, never moved the address") {
  const auto redis = check_script("redis-cli ping", "  weight -10\n");
  const auto gap = convert({{"a.conf", redis + instance("state MASTER\npriority 100\n" + tracked)},
                            {"b.conf", redis + instance("priority 90\n" + tracked)}});
  CHECK(gap.says({"a.conf:3: mistake: weight -10 of `c` is not more than the 10 between"}));
  CHECK(gap.has("redis.weight = -10\n"));
  const auto nopreempt =
      convert({{"a.conf", redis + instance("nopreempt\npriority 95\n" + tracked)},
               {"b.conf", redis + instance("nopreempt\npriority 90\n" + tracked)}});
  CHECK(nopreempt.says({"mistake: weight -10 of `c` with nopreempt", "nobody takes over"}));
  CHECK_FALSE(nopreempt.says({"is not more than"}));
}

TEST_CASE("two different ports are an error that names the option, which settles it") {
  const Texts texts{
      {"a.conf", check_script("redis-cli -p 1 ping") +
                     instance("priority 9\nnotify \"redis-cli -p 2 slaveof no one\"\n" + tracked)}};
  const auto refused = convert(texts);
  CHECK(refused.toml.empty());
  CHECK(refused.says({"error: port 2, but a.conf:2 has 1", "add --port VI_1=1"}));
  CHECK(convert(texts, {.ports = {{"VI_1", 6379}}}).has("redis.port = 6379\n"));
  CHECK(convert(texts, {.ports = {{"other", 1}}}).says({"error: --port other: there is no such"}));
}

TEST_CASE("two instances of one Redis are one service in a sync group, else an error") {
  const auto both = instance("priority 9", "A", 1) + instance("priority 9", "B", 2);
  const auto apart = convert({{"a.conf", both}});
  CHECK(apart.says(
      {"error: vrrp_instance `B` and `A` guard the same Redis, on port 6379", "--port B=PORT"}));
  const auto group = convert({{"a.conf", "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n" + both}});
  CHECK(group.has("virtual_ips = [\"10.0.0.50/24\", \"10.0.0.51/24\"]\n"));
  CHECK(group.says({"dropped: virtual_router_id 2 of `B`"}));
  CHECK(convert({{"a.conf", both}}, {.instances = {"B"}}).has("name = \"B\"\nvrid = 2\n"));
  const auto ports = convert({{"a.conf", both}}, {.ports = {{"B", 6380}}});
  CHECK(ports.has("redis.port = 6380\n"));
  CHECK(ports.refusal().empty());
}

TEST_CASE("addresses of nodes: --node, unicast, multicast source, scripts, else an error") {
  const auto address = [](const std::string& a, const std::string& b, Texts texts = {}) {
    texts["a.conf"] = instance("priority 9\n" + a);
    texts["b.conf"] = instance("priority 8\n" + b);
    Request request;
    request.sources = {{"a.conf", "", ""}, {"b.conf", "", ""}};
    return convert(request, in_memory(texts));
  };
  const std::string both =
      "address = \"10.0.0.1\"\n\n[[node]]\nname = \"redis-b\"\naddress = \"10.0.0.2\"\n";
  CHECK(address("unicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}",
                "unicast_src_ip 10.0.0.2\nunicast_peer {\n10.0.0.1\n}")
            .has(both));
  CHECK(address("unicast_peer {\n10.0.0.2\n}", "unicast_peer {\n10.0.0.1\n}").has(both));
  CHECK(address("mcast_src_ip 10.0.0.1", "mcast_src_ip 10.0.0.2").has(both));
  CHECK(address("notify \"redis-cli slaveof 10.0.0.2 6379\"",
                "notify \"redis-cli slaveof 10.0.0.1 6379\"")
            .has(both));
  const auto nothing = address("", "");
  CHECK(nothing.toml.empty());
  CHECK(nothing.says({"a.conf: error: nothing tells this host's own address",
                      "add --node redis-a=ADDRESS --node redis-b=ADDRESS"}));
  // One script for both hosts names one of them, but which?
  CHECK(address("notify \"redis-cli slaveof 10.0.0.2 6379\"",
                "notify \"redis-cli slaveof 10.0.0.2 6379\"")
            .toml.empty());
  // The virtual address is nobody's own.
  CHECK(address("notify \"redis-cli slaveof 10.0.0.100 6379\"", "")
            .says({"mistake: SLAVEOF 10.0.0.100, the virtual address"}));
  CHECK(address("unicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.3\n}",
                "unicast_src_ip 10.0.0.2\nunicast_peer {\n10.0.0.1\n}")
            .says({"mistake: unicast_peer 10.0.0.3, but b.conf", "10.0.0.2"}));
}

TEST_CASE("one file is enough where it tells of the other host, but not for the priorities") {
  Request request;
  request.sources = {{"a.conf", "", ""}};
  const auto unicast = convert(
      request,
      in_memory({{"a.conf",
                  instance("priority 9\nunicast_src_ip 10.0.0.1\nunicast_peer {\n10.0.0.2\n}")}}));
  CHECK(unicast.has("name = \"redis-b\"\naddress = \"10.0.0.2\"\n"));
  CHECK_FALSE(unicast.has("priorities"));
  CHECK(unicast.says({"dropped: priority 9: the other host's is not known"}));
  CHECK(unicast.refusal().empty());
  const auto alone = convert(request, in_memory({{"a.conf", instance("unicast_src_ip 10.0.0.1")}}));
  CHECK(alone.says({"error: nothing tells the other host's address",
                    "--node redis-a=10.0.0.1 --node redis-b=ADDRESS"}));
}

TEST_CASE("nodes are called as --node, the config ids or different router_ids say") {
  const auto conf = [](const std::string& id) {
    return "global_defs {\n  router_id " + id + "\n}\n" +
           instance("mcast_src_ip 10.0.0." + id.substr(id.size() - 1));
  };
  Request request;
  request.sources = {{"a.conf", "", ""}, {"b.conf", "", ""}};
  const auto named =
      convert(request, in_memory({{"a.conf", conf("db1")}, {"b.conf", conf("db2")}}));
  CHECK(named.has("name = \"db1\""));
  CHECK(named.says({"a.conf:2: mapped: router_id db1 -> the name of node db1"}));
  const auto same = convert(
      request,
      in_memory(
          {{"a.conf", "global_defs {\nrouter_id LVS\n}\n" + instance("mcast_src_ip 10.0.0.1")},
           {"b.conf", "global_defs {\nrouter_id LVS\n}\n" + instance("mcast_src_ip 10.0.0.2")}}));
  CHECK(same.has("name = \"redis-a\""));
  CHECK(same.says({"mapped: this host is called redis-a"}));
}

TEST_CASE("--vrrp3 asks for redvip's own timing, and tells what is given up for it") {
  const auto conf =
      instance("priority 9\nadvert_int 1\nauthentication {\nauth_type PASS\nauth_pass 1\n}");
  const auto result =
      convert({{"a.conf", conf}, {"b.conf", instance("priority 8")}}, {.vrrp3 = true});
  CHECK_FALSE(result.has("version"));
  CHECK_FALSE(result.has("auth"));
  CHECK(
      result.says({"dropped: version 2, advert_int 1s: --vrrp3", "stop keepalived on both hosts"}));
  CHECK(result.says({"dropped: authentication PASS"}));
  CHECK(result.refusal().empty());
}

TEST_CASE("over IPv6 what RFC 9568 asks for is asked for, with its cure") {
  const std::string conf =
      "vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress "
      "{\n2001:db8::9/64\n}\n}\n";
  const auto refused = convert({{"a.conf", conf}});
  CHECK(
      refused.says({"a.conf:5: error: 2001:db8::9/64 is the first virtual address", "fe80::7/64"}));
  CHECK(refused.says({"error: VRRP over IPv6 comes from redis-a's link-local address",
                      "--node redis-a=10.0.0.1,LINK-LOCAL"}));
}

TEST_CASE("addresses on several interfaces, and no address at all, are errors") {
  CHECK(convert({{"a.conf", instance("virtual_ipaddress_excluded {\n10.9.0.1/16 dev eth5\n}")}})
            .says({"error: virtual addresses on several interfaces (eth0, eth5)"}));
  CHECK(convert({{"a.conf", "vrrp_instance A {\nvirtual_router_id 1\n}\n"}})
            .says({"error: vrrp_instance `A` has no virtual_ipaddress"}));
  CHECK(convert({{"a.conf", "vrrp_instance A {\nvirtual_ipaddress {\n10.0.0.256/24\n}\n}\n"}})
            .says({"a.conf:3: error: `10.0.0.256/24` is not an IP address"}));
  CHECK(convert({{"a.conf", "global_defs {\n}\n"}})
            .says({"a.conf: error: there is no vrrp_instance"}));
}

TEST_CASE("interfaces that are called differently are left to redvip") {
  const auto result = convert({{"a.conf", instance("priority 9")},
                               {"b.conf",
                                "vrrp_instance VI_1 {\ninterface ens3\nvirtual_router_id "
                                "51\npriority 8\nvirtual_ipaddress {\n10.0.0.100/24\n}\n}\n"}});
  CHECK_FALSE(result.has("interface"));
  CHECK(result.says(
      {"mapped: the hosts' interfaces are called eth0, ens3 -> interface is left out"}));
}

TEST_CASE("options are read, and a wrong one is refused with an example") {
  const auto node = parse_node_option("redis-a=2001:db8::1,fe80::1");
  REQUIRE(node);
  CHECK(node->name == "redis-a");
  CHECK(node->link_local == IpAddress::parse("fe80::1"));
  for (const auto* text : {"", "redis-a", "=10.0.0.1", "a=127.0.0.1", "a=10.0.0.1,10.0.0.2",
                           "a b=10.0.0.1", "a=fe80::1"}) {
    INFO(text);
    const auto refused = parse_node_option(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("redis-a=10.77.0.1") != std::string::npos);
  }
  CHECK(parse_port_option("6380")->port == 6380);
  CHECK(parse_port_option("VI_1=6380")->instance == "VI_1");
  CHECK_FALSE(parse_port_option("VI_1=0"));
  CHECK_FALSE(parse_port_option("VI_1"));
}

TEST_CASE("a terminal is not disturbed by what a file holds") {
  const auto result = convert({{"a.conf", instance("stat\x1b[2J 1")}});
  CHECK(result.told.find('\x1b') == std::string::npos);
  CHECK(result.says({"unknown word `stat?[2J`"}));
}

}  // namespace
}  // namespace redvip::keepalived

// Files in the shapes that tutorials in many languages show, with their scripts.
#include "catch.hpp"
#include "daemon/import/disk.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

const std::string folder = REDVIP_SOURCE_DIR "/tests/unit/import/samples/";

// The files of a pair, or one file, with node addresses where the files do not tell them.
Converted sample(const std::vector<std::string>& files, const std::vector<std::string>& nodes = {},
                 Request request = {}) {
  for (const auto& file : files) request.sources.push_back({folder + file, "", ""});
  for (const auto& node : nodes) request.nodes.push_back(parse_node_option(node).value());
  return convert(request, files_on_disk());
}

Converted pair(const std::string& name, const std::vector<std::string>& nodes = {}) {
  return sample({name + "/a/keepalived.conf", name + "/b/keepalived.conf"}, nodes);
}

const std::vector<std::string> some_nodes{"redis-a=10.0.0.1", "redis-b=10.0.0.2"};

TEST_CASE(
    "Chinese, the classic: MASTER and BACKUP, scripts with arguments, a sleep before promotion") {
  const auto result = pair("classic");
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"redis-a\"\naddress = \"192.168.10.11\""));
  CHECK(result.has("name = \"redis-b\"\naddress = \"192.168.10.12\""));
  CHECK(
      result.has("vrid = 11\nvirtual_ips = [\"192.168.10.100/32\"]\ninterface = \"eth1\"\n"
                 "priorities = { redis-a = 100, redis-b = 99 }\npreempt = false\n"));
  CHECK(result.has("redis.port = 6379\nredis.weight = -5\n"));
  CHECK(result.says(
      {"b/scripts/redis_master.sh:7: mapped: 192.168.10.11 -> the address of node redis-a"}));
  CHECK(
      result.says({"keepalived.conf:16: done by redvip: vrrp_script `chk_redis` asks Redis every "
                   "4s, 3 times"}));
  CHECK(result.says({"keepalived.conf:44: done by redvip: notify_master",
                     "SLAVEOF NO ONE (line 9) and SLAVEOF a master (line 7)"}));
  CHECK(result.says({"keepalived.conf:46: dropped: notify_fault", "only keeps a log"}));
  CHECK(result.says({"keepalived.conf:5: dropped: `notification_email`: redvip sends no mail"}));
  CHECK(result.says({"keepalived.conf:29: mistake: `nopreempt` with `state MASTER`"}));
  CHECK(result.says({"keepalived.conf:37: mistake: 192.168.10.100 without a prefix length"}));
  CHECK(result.says(
      {"redis_master.sh:7", "mistake: the script lets Redis follow the other, and promotes it"}));
}

TEST_CASE(
    "English, in a cloud: unicast, version 3, passwords in the scripts, an address moved by aws") {
  const auto result = pair("unicast");
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"redis-b\"\naddress = \"10.20.0.12\""));
  CHECK(result.has(
      "version = 3\nadvert_interval = \"500ms\"\nunicast = true\ngarp.refresh = \"60s\"\n"));
  CHECK(result.has("redis.port = 6380\nredis.password_file = \"/etc/redvip/redis.password\"\n"));
  CHECK(result.says(
      {"a/sbin/redis_alive.sh:4: mapped: the password of Redis", "sudo install -D -m 640 -g redvip"}));
  CHECK(result.says({"take_eip.sh:3: dropped: the script also runs `aws`"}));
  CHECK(result.says({"keepalived.conf:29: dropped: `label ens5:vip`"}));
}

TEST_CASE(
    "Russian: both BACKUP with nopreempt, redis-cli as the check, SLAVEOF the virtual address") {
  const auto refused = pair("nopreempt");
  CHECK(refused.toml.empty());
  CHECK(refused.says({"a/keepalived.conf: error: nothing tells this host's own address",
                      "add --node node1=ADDRESS --node node2=ADDRESS"}));
  CHECK(refused.says({"notify.sh:9: mistake: SLAVEOF 172.16.5.10, the virtual address"}));
  const auto result = pair("nopreempt", {"node1=172.16.5.1", "node2=172.16.5.2"});
  INFO(result.toml << result.told);
  CHECK(result.has("preempt = false\n"));
  CHECK(result.has("auth = { type = \"pass\", password_file = \"/etc/redvip/vrrp.password\" }\n"));
  CHECK_FALSE(result.has("notify"));
  CHECK(result.says(
      {"done by redvip: notify `/etc/keepalived/notify.sh` sends SLAVEOF NO ONE (line 6)"}));
  CHECK(result.says({"mistake: the password is longer than 8 characters"}));
}

TEST_CASE(
    "Korean: killall -0 with a positive weight, state SLAVE, raise for rise, redis.conf edited") {
  const auto result = pair("killall");
  INFO(result.toml << result.told);
  CHECK(result.has("address = \"10.0.3.11\""));
  CHECK(result.has("virtual_ips = [\"10.0.0.11/16\"]"));
  CHECK(result.has("redis.weight = 2\n"));
  CHECK(result.has("redis.password_file"));
  CHECK(result.says(
      {"keepalived.conf:2: done by redvip: vrrp_script `redis_check` only looks for a process"}));
  CHECK(result.says({"keepalived.conf:5: mistake: unknown word `raise`", "did you mean rise?"}));
  CHECK(result.says({"b/keepalived.conf:9: mistake: `state SLAVE`"}));
  CHECK(result.says({"redis/redis.conf:3: mapped: the password of Redis"}));
  CHECK(result.says({"notify.sh:16: dropped: the script also runs `curl`"}));
}

TEST_CASE(
    "German: weights against the priorities' gap, checks of other things, routes, a drain file") {
  const auto result = pair("weights");
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"redis01\"\naddress = \"10.8.0.1\""));
  CHECK(result.has("advert_interval = \"2s\""));
  CHECK(result.has("preempt = true\npreempt_delay = \"300s\"\n"));
  CHECK(result.has("routes = [\"10.50.0.0/16 via 10.8.0.254 dev bond0 metric 50\"]\n"));
  CHECK(result.has("redis.weight = -20\nnotify = \"/usr/local/bin/notify_chat.sh\"\n"));
  CHECK(result.has("[[service.track]]\ninterface = \"eth7\"\nweight = -30\n"));
  CHECK(result.has(
      "[[service.track]]\nfile = \"/run/keepalived/drain\"\nname = \"drain\"\nweight = -60\n"));
  CHECK(
      result.has("script = [\"/bin/ping\", \"-c1\", \"-W1\", \"10.8.0.254\"]\nname = "
                 "\"chk_gateway\"\nweight = -5\nrise = 2\nfall = 3\ninterval = \"5s\"\ntimeout = "
                 "\"2s\"\nuser = \"keepalived_script\"\n"));
  CHECK(
      result.has("script = [\"/usr/bin/env\", \"pidof\", \"haproxy\"]\nname = "
                 "\"chk_haproxy\"\ninterval = \"500ms\"\ntimeout = \"500ms\"\nuser = \"root\"\n"));
  CHECK(result.says(
      {"keepalived.conf:17: mistake: weight -5 of `chk_gateway` is not more than the 10"}));
  CHECK_FALSE(result.says({"mistake: weight -20"}));
  CHECK(result.says({"keepalived.conf:41: dropped: route", "not mtu, 1400"}));
  CHECK(result.says({"keepalived.conf:44: done by redvip: track_interface bond0"}));
}

TEST_CASE(
    "English: a virtual MAC, version 3 at 100 ms, the checksum of other makers, track_process") {
  const auto result = pair("vmac", some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has(
      "version = 3\nadvert_interval = \"100ms\"\nvmac = true\nchecksum = \"rfc9568\"\n"));
  CHECK(result.says({"keepalived.conf:12: dropped: `use_vmac vrrp.77`"}));
  CHECK(result.says({"done by redvip: `vrrp_rt_priority 50`"}));
  CHECK(result.says({"done by redvip: track_process redis-server"}));
  CHECK(result.says({"mapped: nothing tells the port of Redis", "--port redis_vmac=PORT"}));
}

TEST_CASE("Japanese: IPv6 with a link-local first address, and an IPv4 address that rides along") {
  CHECK(pair("ipv6").says({"error: nothing tells this host's own address"}));
  const auto result = pair("ipv6", {"redis-a=10.66.0.1,fe80::1", "redis-b=10.66.0.2,fe80::2"});
  INFO(result.toml << result.told);
  CHECK(result.has("link_local = \"fe80::1\""));
  CHECK(
      result.has("virtual_ips = [\"fe80::6379/64\", \"2001:db8:6::100/64\", \"10.66.0.100/24\"]"));
  CHECK(result.has("version = 3\n"));
  CHECK(result.says(
      {"virtual_ipaddress_excluded 10.66.0.100/24 -> virtual_ips", "keepalived before 2.3.3"}));
}

TEST_CASE(
    "Spanish: vrrp_strict, version 3 with a cut-off password, equal priorities, lists that "
    "differ") {
  const auto result = pair("v3auth", some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("virtual_ips = [\"192.168.20.50/24\", \"192.168.20.51/24\"]"));
  CHECK(result.has("priorities = { redis-a = 100, redis-b = 99 }"));
  CHECK_FALSE(result.has("auth ="));
  CHECK(result.says({"keepalived.conf:5: mistake: `vrrp_strict` drops what clients send"}));
  CHECK(result.says({"keepalived.conf:6: mistake: `vrrp_garp_interval 0`: keepalived refuses 0"}));
  CHECK(result.says({"keepalived.conf:15: mistake: auth_type PASS with version 3"}));
  CHECK(result.says({"keepalived.conf:17: mistake: the # or ! in the password"}));
  CHECK(result.says({"b/keepalived.conf:9: mistake: its virtual_ipaddress is not that of"}));
  CHECK(result.says({"b/keepalived.conf:13: mistake: priority 100 on both hosts"}));
  CHECK(result.says({"b/keepalived.conf:14: mistake: advert_int 3s"}));
}

TEST_CASE(
    "French: a sync group of two addresses for one Redis, SLAVEOF by echo and here-document") {
  const auto result = pair("onegroup");
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"redis-a\"\naddress = \"10.31.0.1\""));
  CHECK(result.has("virtual_ips = [\"10.31.0.100/24\", \"10.32.0.100/24\"]"));
  CHECK(result.has("redis.port = 7000"));
  CHECK_FALSE(result.has("group ="));
  CHECK(result.says({"vrrp_instance `VI_ADMIN` guards the same Redis as VI_CLIENTS"}));
  CHECK(result.says({"keepalived.conf:22: dropped: virtual_router_id 32 of `VI_ADMIN`"}));
  CHECK_FALSE(result.says({"also runs"}));
}

TEST_CASE(
    "two Redis servers with an address each, in one-line blocks, become a group of two services") {
  const auto result = pair("tworedis", some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"cache\"\nvrid = 41\n"));
  CHECK(result.has("name = \"session\"\nvrid = 42\n"));
  CHECK(result.has("group = \"redis_pair\"\nredis.port = 6379\n"));
  CHECK(result.has("group = \"redis_pair\"\nredis.port = 6380\n"));
  CHECK_FALSE(result.says({"mistake"}));
}

TEST_CASE(
    "one file for both hosts: @host, $NAME over several lines, ~SEQ, ~LST, an included check") {
  Request request;
  for (const auto* id : {"redis-a", "redis-b"}) {
    request.sources.push_back({folder + "shared/keepalived.conf", id, ""});
  }
  const auto result = convert(request, files_on_disk());
  INFO(result.toml << result.told);
  CHECK(result.has("name = \"redis-b\"\naddress = \"10.88.0.2\""));
  CHECK(
      result.has("[\"10.88.0.100/24\", \"10.88.0.101/24\", \"10.88.0.102/24\", \"10.88.0.200/24\", "
                 "\"10.88.0.210/24\"]"));
  CHECK(result.has("priorities = { redis-a = 150, redis-b = 140 }"));
  CHECK(result.says({"mapped: --config-id redis-a -> the name of node redis-a"}));
  CHECK(result.says({"conf.d/checks.conf:2: done by redvip: vrrp_script `redis` asks Redis"}));
  CHECK(sample({"shared/keepalived.conf"})
            .says({"shared/keepalived.conf:4: error: a line for one host only", "--config-id ID"}));
}

TEST_CASE(
    "Japanese, of 2012: Redis checked by a virtual_server with MISC_CHECK, keepalived stopped by "
    "it") {
  const auto result = pair("misccheck", some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("redis.port = 6390\n"));
  CHECK(
      result.says({"keepalived.conf:16: done by redvip: virtual_server of this host, port 6390"}));
  CHECK(result.says({"keepalived.conf:24: done by redvip: the script stops keepalived"}));
}

TEST_CASE("a missing brace is an error with the line of its block, and nothing is written") {
  const auto result = sample({"misc/missing_brace.conf"}, some_nodes);
  CHECK(result.toml.empty());
  CHECK(
      result.says({"missing_brace.conf:9: error: `authentication {` has no closing brace before "
                   "`virtual_ipaddress` in line 12"}));
}

TEST_CASE("Portuguese, from Windows: a byte order mark and CRLF change nothing") {
  const auto result = sample({"misc/crlf.conf"}, some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("virtual_ips = [\"10.15.0.100/24\"]\ninterface = \"eth0\"\n"));
  CHECK_FALSE(result.says({"mistake"}));
}

TEST_CASE("a jinja template is refused with its first line") {
  const auto result = sample({"misc/template.conf"}, some_nodes);
  CHECK(result.toml.empty());
  CHECK(result.says({"template.conf:1: error: a template that nobody has filled in: `{{`"}));
}

TEST_CASE("Chinese, LVS: virtual servers are told as not converted yet, the address is") {
  const auto result = sample({"misc/lvs.conf"}, some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("virtual_ips = [\"192.168.1.200/24\"]"));
  CHECK(result.says({"lvs.conf:15: dropped: virtual_server 192.168.1.200", "not converted yet"}));
}

TEST_CASE("a page copied with its typographic quotes is a mistake, and understood") {
  const auto result = sample({"misc/smart_quotes.conf"}, some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.says({"smart_quotes.conf:2: mistake: typographic quotes"}));
  CHECK(
      result.says({"smart_quotes.conf:2: done by redvip: vrrp_script `chk_redis` is taken for a "
                   "check of Redis"}));
}

TEST_CASE("Italian: one-line blocks with more than one directive lose all but the first") {
  const auto result = sample({"misc/one_line.conf"}, some_nodes);
  INFO(result.toml << result.told);
  CHECK(result.has("virtual_ips = [\"10.0.0.100/24\"]"));
  CHECK_FALSE(result.has("auth ="));
  CHECK(result.says({"one_line.conf:1: mistake: keepalived runs only what is in quotes"}));
  CHECK(result.says({"one_line.conf:8: mistake: one directive a line", "`auth_pass`"}));
  CHECK(result.says({"one_line.conf:8: mistake: authentication without a password"}));
  CHECK(result.says(
      {"one_line.conf:9: mistake: one address a line: keepalived ignores `10.0.0.101/24`"}));
  CHECK(result.says({"one_line.conf:10: mistake: one name a line"}));
}

TEST_CASE("an unknown block is an error, not the end of the instance") {
  CHECK(sample({"misc/unknown_block.conf"}, some_nodes)
            .says({"unknown_block.conf:4: error: unknown block `virtual_adress`; did you mean "
                   "virtual_ipaddress?"}));
}

TEST_CASE("Valkey is Redis, with a user of its own") {
  const auto result = sample({"misc/valkey.conf"}, some_nodes);
  CHECK(result.has("redis.port = 6381\nredis.username = \"probe\"\n"));
}

TEST_CASE("redvip accepts whatever is written, and no password is ever shown or written") {
  const std::vector<Converted> all{
      pair("classic"),
      pair("unicast"),
      pair("nopreempt", some_nodes),
      pair("killall"),
      pair("weights"),
      pair("vmac", some_nodes),
      pair("ipv6", {"redis-a=10.66.0.1,fe80::1", "redis-b=10.66.0.2,fe80::2"}),
      pair("v3auth", some_nodes),
      pair("onegroup"),
      pair("tworedis", some_nodes),
      pair("misccheck", some_nodes),
      sample({"misc/crlf.conf"}, some_nodes),
      sample({"misc/lvs.conf"}, some_nodes),
      sample({"misc/smart_quotes.conf"}, some_nodes),
      sample({"misc/one_line.conf"}, some_nodes),
      sample({"misc/valkey.conf"}, some_nodes)};
  for (const auto& result : all) {
    INFO(result.toml << result.told);
    REQUIRE_FALSE(result.toml.empty());
    CHECK(result.refusal().empty());
    for (const auto* secret :
         {"1111", "s3cret", "redis_vr", "YourSecr", "Geheim", "clave", "kleinesG"}) {
      CHECK(result.toml.find(secret) == std::string::npos);
      CHECK(result.told.find(secret) == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace redvip::keepalived

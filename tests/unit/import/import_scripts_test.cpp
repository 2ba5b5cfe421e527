// What becomes of the scripts that a keepalived.conf names.
#include "catch.hpp"
#include "daemon/import/import.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

TEST_CASE("a check of Redis is redvip's, any other one is a track") {
  const auto redis = convert(
      {{"a.conf", check_script("killall -0 redis-server") + instance("priority 9\n" + tracked)}});
  CHECK(redis.says({"done by redvip: vrrp_script `c` only looks for a process"}));
  CHECK_FALSE(redis.has("service.track"));
  const auto other = convert(
      {{"a.conf", check_script("/bin/ping -c1 10.0.0.254", "  interval 5\n  rise 2\n  user u\n") +
                      instance("priority 9\n" + tracked)}});
  CHECK(
      other.has("[[service.track]]\nscript = [\"/bin/ping\", \"-c1\", \"10.0.0.254\"]\n"
                "name = \"c\"\nrise = 2\ninterval = \"5s\"\ntimeout = \"5s\"\nuser = \"u\"\n"));
  CHECK(other.refusal().empty());
}

TEST_CASE("a script that cannot be read is told, and taken for Redis's only if its name says so") {
  const auto named =
      convert({{"a.conf", check_script("/etc/keepalived/redis_check.sh 127.0.0.1 6390") +
                              instance("priority 9\n" + tracked)}});
  CHECK(named.says({"is taken for a check of Redis by its name", "--scripts DIR"}));
  CHECK(named.has("redis.port = 6390\n"));
  const auto other = convert(
      {{"a.conf", check_script("/etc/keepalived/check.sh") + instance("priority 9\n" + tracked)}});
  CHECK(other.says({"mapped: vrrp_script c has nothing to do with Redis, as far as can be told"}));
  CHECK(other.has("script = [\"/etc/keepalived/check.sh\"]"));
}

TEST_CASE("the scripts of a copied configuration are read beside it, or where --scripts says") {
  const auto conf = check_script("/etc/keepalived/bin/c.sh") + instance("priority 9\n" + tracked);
  const auto beside = convert({{"a.conf", conf}, {"bin/c.sh", "redis-cli -p 6391 ping"}});
  CHECK(beside.has("redis.port = 6391\n"));
  const auto root = convert({{"a.conf", conf},
                             {"bin/c.sh", "redis-cli -p 1 ping"},
                             {"copy/etc/keepalived/bin/c.sh", "redis-cli -p 6392 ping"}},
                            {.sources = {{"a.conf", "", "copy"}}});
  CHECK(root.has("redis.port = 6392\n"));
}

TEST_CASE("the scripts of two copied configurations are never those of this host") {
  const auto conf = check_script("/etc/keepalived/c.sh") + instance("priority 9\n" + tracked);
  const Texts texts{
      {"x/a.conf", conf}, {"x/b.conf", conf}, {"/etc/keepalived/c.sh", "redis-cli -p 9 ping"}};
  Request request;
  request.nodes = two_nodes();
  request.sources = {{"x/a.conf", "", ""}, {"x/b.conf", "", ""}};
  CHECK(convert(request, in_memory(texts)).says({"it was not read: not found beside x/a.conf"}));
  request.sources.pop_back();
  CHECK(convert(request, in_memory(texts)).has("redis.port = 9\n"));
}

TEST_CASE(
    "notify programs: Redis's are redvip's, one for all states stays, the others get a cure") {
  const auto result =
      convert({{"a.conf", instance("priority 9\nnotify_master \"/x/m.sh\"\nnotify_backup "
                                   "\"/x/mail.sh -p geheim\"\nnotify /x/n.sh")},
               {"x/m.sh", "redis-cli slaveof no one"},
               {"x/mail.sh", "mail -s x root"},
               {"x/n.sh", "curl http://x"}});
  CHECK(result.has("notify = \"/x/n.sh\"\n"));
  CHECK(result.says({"done by redvip: notify_master `/x/m.sh` sends SLAVEOF NO ONE (line 1)"}));
  CHECK(result.says(
      {"dropped: notify_backup `/x/mail.sh`", "[ \"$3\" = BACKUP ] && /x/mail.sh ..."}));
  CHECK(result.told.find("geheim") == std::string::npos);
}

}  // namespace
}  // namespace redvip::keepalived

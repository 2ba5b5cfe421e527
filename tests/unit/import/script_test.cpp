// What is seen in a script: enough to tell which of them redvip replaces, and what they know.
#include "daemon/import/script_facts.hpp"

#include "catch.hpp"
#include "daemon/import/shell_commands.hpp"
#include "memory.hpp"

namespace redvip::keepalived {
namespace {

ScriptFacts facts(const std::string& text, const std::vector<std::string>& arguments = {}) {
  std::vector<std::string> argv{"x.sh"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return read_script(text, "x.sh", argv);
}

template <class T>
std::vector<T> values(const std::vector<Said<T>>& list) {
  std::vector<T> all;
  for (const auto& each : list) all.push_back(each.value);
  return all;
}

using Words = std::vector<std::string>;

TEST_CASE("SLAVEOF and REPLICAOF are seen in whatever way they are sent") {
  for (const auto* text :
       {"redis-cli slaveof no one", "/opt/redis/bin/redis-cli -h 127.0.0.1 -p 6379 SLAVEOF NO ONE",
        "redis-cli REPLICAOF NO ONE >> /var/log/x 2>&1", "C=\"redis-cli -p 1\"\n$C slaveof no one",
        "echo 'SLAVEOF NO ONE' | redis-cli",
        "echo -e \"AUTH x\\r\\nSLAVEOF NO ONE\\r\" | nc 127.0.0.1 6379",
        "redis-cli <<EOF\nslaveof no one\nEOF\n", "if true; then redis-cli slaveof no one; fi",
        "R=`redis-cli slaveof no one`", "R=$(redis-cli slaveof no one)",
        "R=\"$(redis-cli -a \"$P\" slaveof no one)\"",
        "case $1 in\n MASTER|master) redis-cli slaveof no one ;;\nesac",
        "f() {\n  redis-cli slaveof no one\n}\nf", "sudo -u redis redis-cli slaveof no one",
        "timeout 5 redis-cli slaveof no one || exit 1", "redis-cli \\\n  slaveof no one"}) {
    INFO(text);
    CHECK(facts(text).promotes);
    CHECK_FALSE(facts(text).follows);
    CHECK(facts(text).others.empty());
  }
}

TEST_CASE("a comment, a log line or a grep is no command to Redis") {
  for (const auto* text : {"# redis-cli slaveof no one", "echo 'SLAVEOF NO ONE' >> /var/log/x",
                           "logger redis slaveof no one", "true"}) {
    INFO(text);
    CHECK_FALSE(facts(text).moves_roles());
  }
}

TEST_CASE("the master of SLAVEOF is found through variables, arguments and defaults") {
  CHECK(values(facts("redis-cli slaveof 10.0.0.2 6380").masters) == Words{"10.0.0.2"});
  CHECK(values(facts("P=10.0.0.2\nredis-cli slaveof $P 6379").masters) == Words{"10.0.0.2"});
  CHECK(values(facts("redis-cli slaveof $2 $3", {"127.0.0.1", "10.0.0.2", "6380"}).masters) ==
        Words{"10.0.0.2"});
  CHECK(values(facts("redis-cli slaveof ${1:-10.0.0.3} 6379").masters) == Words{"10.0.0.3"});
  CHECK(values(facts("export PEER='redis-b'\nredis-cli replicaof \"${PEER}\" 6379").masters) ==
        Words{"redis-b"});
  // Who knows what that is; and $1 is not the script's inside a function.
  CHECK(facts("redis-cli slaveof $(hostname -i) 6379").masters.empty());
  CHECK(facts("for P in 10.0.0.1 10.0.0.2; do redis-cli slaveof $P 6379; done").masters.empty());
  CHECK(facts("f() {\n redis-cli slaveof $1 6379\n}\nf 10.0.0.9", {"10.0.0.1"}).masters.empty());
}

TEST_CASE("the port is that of -p, SLAVEOF, a URI, nc, or bash's /dev/tcp") {
  CHECK(values(facts("redis-cli -p 6380 ping").ports) == std::vector{6380});
  CHECK(values(facts("redis-cli -p $1 ping", {"6381"}).ports) == std::vector{6381});
  CHECK(values(facts("redis-cli -u redis://u:p@h:6382/0 ping").ports) == std::vector{6382});
  CHECK(values(facts("nc -z 127.0.0.1 6383").ports) == std::vector{6383});
  CHECK(values(facts("exec 3<>/dev/tcp/127.0.0.1/6384").ports) == std::vector{6384});
  CHECK(values(facts("redis-cli slaveof 10.0.0.2 6385").ports) == std::vector{6385});
  CHECK(facts("redis-cli ping").ports.empty());
  CHECK(facts("redis-cli ping").default_port);
}

TEST_CASE("a password is found behind -a, in REDISCLI_AUTH, AUTH, a URI and redis.conf") {
  CHECK(values(facts("redis-cli -a geheim ping").passwords) == Words{"geheim"});
  CHECK(values(facts("P='a b'\nredis-cli -a \"$P\" ping").passwords) == Words{"a b"});
  CHECK(values(facts("export REDISCLI_AUTH=geheim\nredis-cli ping").passwords) == Words{"geheim"});
  CHECK(values(facts("REDISCLI_AUTH=geheim redis-cli ping").passwords) == Words{"geheim"});
  CHECK(values(facts("redis-cli -u redis://:geheim@h:1 ping").passwords) == Words{"geheim"});
  CHECK(values(facts("redis-cli config set masterauth geheim").passwords) == Words{"geheim"});
  CHECK(values(facts("redis-cli -a $(cat /x) ping").passwords).empty());
  ScriptFacts conf;
  read_redis_conf("# requirepass no\nport 6390\nrequirepass \"ge heim\"\n", "redis.conf", conf);
  CHECK(values(conf.passwords) == Words{"ge heim"});
  CHECK(values(conf.ports) == std::vector{6390});
  CHECK(conf.passwords.front().at == Place{"redis.conf", 3});
}

TEST_CASE("a check is told from one that only looks for a process") {
  for (const auto* text : {"killall -0 redis-server", "pidof redis-server",
                           "ps -ef | grep -c redis", "pgrep -x redis-server > /dev/null"}) {
    INFO(text);
    CHECK(facts(text).looks);
    CHECK_FALSE(facts(text).asks);
  }
  CHECK(facts("[ \"`redis-cli ping`\" = PONG ]").asks);
}

TEST_CASE("what else a script does is seen: other programs, keepalived, Redis's service") {
  const auto seen =
      facts("redis-cli ping || {\n  curl -s http://x\n  systemctl stop keepalived\n}\n");
  CHECK(values(seen.others) == Words{"curl"});
  CHECK(seen.others.front().at == Place{"x.sh", 2});
  CHECK(seen.stops_keepalived == Place{"x.sh", 3});
  CHECK(facts("service redis restart").restarts);
  CHECK(facts("/etc/init.d/redis_6379 start").restarts);
  CHECK(facts("kill `pidof keepalived`").stops_keepalived);
  CHECK(facts("echo a; date; sleep 1; exit 0").others.empty());
}

TEST_CASE("following first and promoting then is dangerous, the other way round is a choice") {
  CHECK(facts("redis-cli slaveof 10.0.0.2 6379\nsleep 1\nredis-cli slaveof no one")
            .follows_then_promotes);
  CHECK_FALSE(facts("case $1 in\n m) redis-cli slaveof no one;;\n b) redis-cli slaveof 10.0.0.2 "
                    "6379;;\nesac")
                  .follows_then_promotes);
}

TEST_CASE("a script that is no shell's is only searched for the words") {
  const auto seen = read_script(
      "#!/usr/bin/python3\nimport redis\n# slaveof\nr.slaveof('10.0.0.2')\n", "x.py", {"x.py"});
  CHECK(seen.follows == Place{"x.py", 4});
  CHECK(seen.asks == Place{"x.py", 2});
  CHECK(seen.masters.empty());
}

TEST_CASE("variables that grow without an end stay small") {
  std::string text = "A=xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 200; ++i) text += "A=\"$A$A\"\n";
  CHECK_FALSE(facts(text + "redis-cli -p $A ping").moves_roles());
}

TEST_CASE("lines are counted through here-documents, arrays and quotes over several lines") {
  const auto commands = shell_commands("cat <<EOF\nx\nEOF\nA=(1\n2)\necho 'a\nb'\nlast 1\n");
  REQUIRE_FALSE(commands.empty());
  CHECK(commands.back().words == Words{"last", "1"});
  CHECK(commands.back().line == 8);
}

}  // namespace
}  // namespace redvip::keepalived

// Each rule, with the exact line that an operator reads.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "catch.hpp"
#include "config_text.hpp"

namespace redvip::daemon {

namespace {

// The error of one line in the [[service]] of an otherwise good file.
std::string error_of_line(const std::string& line) {
  return errors_in(minimal + line + '\n');
}

// A file of the given text that goes away with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    const int descriptor = mkstemp(path_.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    std::ofstream{path_} << text;
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/redvip-config-XXXXXX";
};

}  // namespace

TEST_CASE("text that is not TOML is one error at its place") {
  const auto errors = errors_in(minimal + "vrid = = 3\n");
  CHECK(errors.starts_with("f:15:8: this is not TOML: "));
  CHECK(std::ranges::count(errors, '\n') == 1);
}

TEST_CASE("all errors are reported in one run, in the order of the file") {
  CHECK(errors_in("[daemon]\nlog_level = \"loud\"\n\n[[node]]\naddress = \"10.77.0.1\"\n\n"
                  "[[service]]\nname = \"cache\"\nvrid = 300\n"
                  "virtual_ips = [\"10.77.0.100/24\"]\n") ==
        "f:2:13: daemon.log_level: found \"loud\"; allowed: \"debug\", \"info\", \"warning\", "
        "\"error\"\n"
        "f:4:1: node.name: missing; allowed: 1 to 63 letters, digits, '.', '_' or '-'\n"
        "f:9:8: service.vrid: found 300; allowed: an integer 1..255\n");
}

TEST_CASE("an empty file names the tables that it lacks") {
  CHECK(errors_in("") ==
        "f:1:1: node: missing; allowed: one or more tables [[node]]\n"
        "f:1:1: service: missing; allowed: one or more tables [[service]]\n");
}

TEST_CASE("an empty list of nodes is no list of nodes") {
  CHECK(errors_in("node = []\nservice = []\n") ==
        "f:1:8: node: found an array; allowed: one or more tables [[node]]\n"
        "f:2:11: service: found an array; allowed: one or more tables [[service]]\n");
}

TEST_CASE("a table where several are expected is refused") {
  CHECK(errors_in(replaced(minimal, "[[service]]", "[service]")) ==
        "f:9:1: service: found a table; allowed: one or more tables [[service]]\n");
}

TEST_CASE("an unknown key is refused and the nearest known one suggested") {
  CHECK(error_of_line("redis.prot = 6380") ==
        "f:15:7: service.redis.prot: unknown key; did you mean port?\n");
  CHECK(error_of_line("something_else = 1") == "f:15:1: service.something_else: unknown key\n");
}

TEST_CASE("a duration without its unit is refused with the form") {
  CHECK(error_of_line("redis.down_after = 1") ==
        "f:15:20: service.redis.down_after: found 1; allowed: a duration with its unit, such as "
        "\"100ms\" or \"3s\", from 50ms to 600s in steps of 1ms\n");
}

TEST_CASE("an advert interval is 10 ms to 40.95 s in steps of 10 ms") {
  const std::string allowed =
      "; allowed: a duration with its unit, such as \"100ms\" or \"3s\", from 10ms to 40.95s in "
      "steps of 10ms\n";
  for (const std::string found : {"15ms", "0ms", "40.96s", "41s", "100"}) {
    CHECK(error_of_line("advert_interval = \"" + found + '"') ==
          "f:15:19: service.advert_interval: found \"" + found + '"' + allowed);
  }
  CHECK(error_of_line("advert_interval = \"10ms\"") == "");
}

TEST_CASE("a virtual IP without a mask is refused with what to write") {
  CHECK(errors_in(replaced(minimal, "10.77.0.100/24", "10.77.0.100")) ==
        "f:12:16: service.virtual_ips: found \"10.77.0.100\" without a prefix length; write it as "
        "the subnet has it, such as \"10.77.0.100/24\"\n");
}

TEST_CASE("a virtual IP must be a host's address") {
  for (const std::string ip : {"10.77.0.0/24", "10.77.0.255/24", "224.0.0.18/24", "0.0.0.1/8",
                               "10.77.0.100/0", "10.77.0.100/33", "10.77.0.256/24", ""}) {
    CHECK(errors_in(replaced(minimal, "10.77.0.100/24", ip)) ==
          "f:12:16: service.virtual_ips: found \"" + ip +
              "\"; allowed: a host's address with its prefix length, such as "
              "\"10.77.0.100/24\"\n");
  }
  CHECK(errors_in(replaced(minimal, "[\"10.77.0.100/24\"]", "[]")) ==
        "f:12:15: service.virtual_ips: found an array; allowed: 1 to 255 addresses with prefix "
        "length, such as [\"10.77.0.100/24\"]\n");
}

TEST_CASE("a virtual IP is given once and is no node's address") {
  CHECK(errors_in(replaced(minimal, "100/24\"]", "100/24\", \"10.77.0.100/32\"]")) ==
        "f:12:34: service.virtual_ips: found \"10.77.0.100/32\" a second time (line 12); it must "
        "be unique\n");
  CHECK(errors_in(replaced(minimal, "10.77.0.100/24", "10.77.0.2/24")) ==
        "f:12:16: service.virtual_ips: found \"10.77.0.2/24\", which is the address of node "
        "redis-b; a virtual IP must be an address that no host has of its own\n");
}

TEST_CASE("the metrics need an address of their own and a port") {
  for (const std::string at :
       {"9652", ":9652", "localhost:9652", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
        "127.0.0.1:65536", "127.0.0.1:9652 ", "127.0.0.1:http", "10.77.0:9652", "::1:9652", "[::1]",
        "[::1]:", "[127.0.0.1]:9652", "[::1:9652", "[fe80::1]:9652", "224.0.0.18:9652",
        "[ff02::12]:9652", "http://127.0.0.1:9652"}) {
    CHECK(errors_in("daemon.metrics = \"" + at + "\"\n" + minimal) ==
          "f:1:18: daemon.metrics: found \"" + at +
              "\"; allowed: an address and a port, such as \"127.0.0.1:9652\" or "
              "\"[::1]:9652\", or \"\"\n");
  }
  CHECK(errors_in("daemon.metrics = 9652\n" + minimal) ==
        "f:1:18: daemon.metrics: found 9652; allowed: an address and a port, such as "
        "\"127.0.0.1:9652\" or \"[::1]:9652\", or \"\"\n");
}

TEST_CASE("names and addresses of nodes are unique") {
  CHECK(errors_in(replaced(minimal, "redis-b", "redis-a")) ==
        "f:6:8: node.name: found \"redis-a\" a second time (line 2); it must be unique\n");
  CHECK(errors_in(replaced(minimal, "10.77.0.2", "10.77.0.1")) ==
        "f:7:11: node.address: found \"10.77.0.1\" a second time (line 3); it must be unique\n");
}

TEST_CASE("a node's address is one that peers can reach") {
  for (const std::string address : {"127.0.0.1", "redis-b.example", "10.77.0", "255.255.255.255",
                                    "::1", "fe80::1", "ff02::1", "::ffff:10.77.0.2"}) {
    CHECK(errors_in(replaced(minimal, "10.77.0.2", address)) ==
          "f:7:11: node.address: found \"" + address +
              "\"; allowed: an address of a host, such as \"10.77.0.1\" or \"2001:db8::1\"\n");
  }
}

TEST_CASE("services have their own name, VRID and Redis") {
  const std::string second =
      "[[service]]\nname = \"cache\"\nvrid = 51\nvirtual_ips = [\"10.77.0.101/24\"]\n";
  CHECK(errors_in(minimal + second) ==
        "f:15:1: service.redis.port: found 6379, but the Redis of redis-a there belongs to service "
        "cache (line 9); give each service its own Redis, or one service both virtual IPs\n"
        "f:16:8: service.name: found \"cache\" a second time (line 10); it must be unique\n"
        "f:17:8: service.vrid: found 51 a second time (line 11); it must be unique\n");
}

TEST_CASE("a refused value is not compared with others as well") {
  const std::string second =
      "[[service]]\nname = \"b\"\nvrid = 0\nvirtual_ips = [\"10.77.0.101/24\"]\nredis.port = 1\n";
  CHECK(errors_in(replaced(minimal, "vrid = 51", "vrid = 0") + second) ==
        "f:11:8: service.vrid: found 0; allowed: an integer 1..255\n"
        "f:17:8: service.vrid: found 0; allowed: an integer 1..255\n");
}

TEST_CASE("a service's nodes exist and come once") {
  CHECK(error_of_line("nodes = [\"redis-a\", \"redis-c\", \"redis-a\", 7]") ==
        "f:15:21: service.nodes: found \"redis-c\"; no [[node]] has this name; did you mean "
        "redis-a?\n"
        "f:15:32: service.nodes: found \"redis-a\" a second time\n"
        "f:15:43: service.nodes: found 7; allowed: a node's name\n");
}

TEST_CASE("priorities are unique, in range and for every node of the service") {
  CHECK(error_of_line("priorities = { redis-a = 7, redis-b = 7 }") ==
        "f:15:39: service.priorities.redis-b: found 7 a second time; it must be unique\n");
  CHECK(error_of_line("priorities = { redis-a = 256, redis-b = 0 }") ==
        "f:15:26: service.priorities.redis-a: found 256; allowed: an integer 1..255\n"
        "f:15:41: service.priorities.redis-b: found 0; allowed: an integer 1..255\n");
  CHECK(error_of_line("priorities = { redis-a = 7, redis-c = 8 }") ==
        "f:15:14: service.priorities: nothing for \"redis-b\"; allowed: every node of the service, "
        "or none\n"
        "f:15:39: service.priorities.redis-c: not one of the service's nodes\n");
}

TEST_CASE("a weight is -253..253") {
  CHECK(error_of_line("redis.weight = -254") ==
        "f:15:16: service.redis.weight: found -254; allowed: an integer -253..253\n");
}

TEST_CASE("a hung Redis is declared later than one probe interval") {
  CHECK(error_of_line("redis.probe_interval = \"1s\"") ==
        "f:13:1: service.redis.down_after: not longer than service.redis.probe_interval, so that "
        "one probe in flight would count as hung\n");
}

TEST_CASE("the password is the first line of its file, without the newline") {
  const TemporaryFile file{"secret with spaces \r\nsecond line\n"};
  const auto config = parse(minimal + "redis.password_file = \"" + file.path() + "\"\n");
  REQUIRE(errors_of(config) == "");
  CHECK(config->services[0].redis.password == "secret with spaces ");
}

TEST_CASE("a password file that gives no password is an error at its key") {
  const TemporaryFile empty{"\nx"};
  CHECK(error_of_line("redis.password_file = \"" + empty.path() + '"') ==
        "f:15:23: service.redis.password_file: cannot read \"" + empty.path() +
            "\": its first line is empty\n");
  CHECK(error_of_line("redis.password_file = \"/nowhere/file\"") ==
        "f:15:23: service.redis.password_file: cannot read \"/nowhere/file\": No such file or "
        "directory\n");
  CHECK(error_of_line("redis.password_file = \"/dev/zero\"") ==
        "f:15:23: service.redis.password_file: cannot read \"/dev/zero\": not a regular file\n");
}

TEST_CASE("one password is given in one place, and no error shows it") {
  const TemporaryFile file{"secret"};
  CHECK(error_of_line("redis.password = \"x\"\nredis.password_file = \"" + file.path() + '"') ==
        "f:16:23: service.redis.password_file: found beside service.redis.password; allowed: one "
        "of the two\n");
  CHECK(error_of_line("redis.password = 424242") ==
        "f:15:18: service.redis.password: not a string; allowed: a string in quotes\n");
}

TEST_CASE("a host that is no node is told its addresses and the nodes") {
  const std::string nodes =
      "; the nodes are redis-a 10.77.0.1, redis-b 10.77.0.2; say which it is with --node NAME\n";
  const auto read = [](std::vector<IpAddress> addresses) {
    return errors_of(parse_config(minimal, "f", {.node = {}, .host_addresses = addresses}));
  };
  CHECK(read({IpAddress{0x0a000001}, IpAddress{0x7f000001}}) ==
        "f: this host is none of the nodes: its addresses are 10.0.0.1" + nodes);
  CHECK(read({IpAddress{0x0a4d0001}, IpAddress{0x0a4d0002}}) ==
        "f: this host is more than one of the nodes: its addresses are 10.77.0.1, 10.77.0.2" +
            nodes);
}

TEST_CASE("--node says which node this is, and must name one") {
  const auto config = parse_config(minimal, "f", {.node = "redis-b", .host_addresses = {}});
  REQUIRE(errors_of(config) == "");
  CHECK(config->self == 1);
  CHECK(errors_of(parse_config(minimal, "f", {.node = "redis-c", .host_addresses = {}})) ==
        "f: --node redis-c: there is no such node; the nodes are redis-a 10.77.0.1, redis-b "
        "10.77.0.2\n");
}

TEST_CASE("a command that only looks needs neither an address nor a secret") {
  const auto config = parse_config(minimal + "redis.password_file = \"/nowhere\"\n", "f",
                                   {.node = {}, .host_addresses = {}, .purpose = Purpose::inspect});
  CHECK(errors_of(config) == "");
}

TEST_CASE("a file that cannot be read is one error") {
  CHECK(errors_of(load_config("/nowhere/redvip.toml", on_node_a())) ==
        "/nowhere/redvip.toml: cannot be read: No such file or directory\n");
  CHECK(errors_of(load_config("/tmp", on_node_a())) == "/tmp: is a directory\n");
  const TemporaryFile large{std::string((std::size_t{1} << 20) + 1, '#')};
  CHECK(errors_of(load_config(large.path(), on_node_a())) ==
        large.path() + ": larger than 1 MiB: not a configuration\n");
}

}  // namespace redvip::daemon

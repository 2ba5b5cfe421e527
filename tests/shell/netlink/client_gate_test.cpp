#include "netlink/client_gate.hpp"

#include <fcntl.h>

#include <optional>

#include "netlink/drain_guard.hpp"
#include "netlink/socket_diag.hpp"
#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

const Endpoint vip{address("10.77.0.100"), 6379};
const Endpoint second_vip{address("10.77.0.101"), 6379};
const Endpoint other_port{vip.address, 6380};
const Endpoint own_address{address("10.77.0.1"), 6379};

Socket this_namespace() {
  return Socket{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
}

void enter(const Socket& network) {
  REQUIRE(setns(network.fd, CLONE_NEWNET) == 0);
}

std::string path_of(const Socket& network) {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(network.fd);
}

// A client's host and, joined to it, the one that has the virtual addresses and runs the test.
struct Hosts {
  Hosts() {
    run("ip link add c0 type veth peer name s0 && ip link set s0 netns " + path_of(here));
    run("ip addr add 10.77.0.9/24 dev c0 && ip link set c0 up");
    enter(here);
    for (const std::string own : {"10.77.0.1", "10.77.0.100", "10.77.0.101"}) {
      run("ip addr add " + own + "/24 dev s0");
    }
    run("ip link set s0 up");
  }
  std::function<Socket(Endpoint)> clients_on(const std::string& host) const {
    if (host == "this host") return [](Endpoint to) { return connecting_to(to); };
    return [this](Endpoint to) {
      enter(there);
      auto client = connecting_to(to);
      enter(here);
      return client;
    };
  }
  Namespace first;
  Socket here = this_namespace();
  Namespace second;
  Socket there = this_namespace();
};

// Both ways to the gate: through the wire, and through the loopback device.
std::string anywhere() {
  return GENERATE(as<std::string>{}, "another host", "this host");
}

// What has become of it: 0 when it is connected.
int outcome(const Socket& client) {
  REQUIRE(becomes(client, POLLOUT));
  int error = 0;
  socklen_t size = sizeof(error);
  REQUIRE(getsockopt(client.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
  return error;
}

// How it ended, once it has.
int end_of(const Socket& socket) {
  REQUIRE(becomes(socket, POLLRDHUP));
  char byte = 0;
  return recv(socket.fd, &byte, 1, MSG_DONTWAIT) == 0 ? 0 : errno;
}

ClientGate open_gate(const std::string& service = "cache") {
  auto gate = ClientGate::open(service);
  INFO((gate ? "" : gate.error().text()));
  REQUIRE(gate);
  return std::move(*gate);
}

ClientGate closed_gate(const std::vector<Endpoint>& clients = {vip},
                       const std::string& service = "cache") {
  auto gate = open_gate(service);
  const auto closed = gate.close(clients);
  INFO((closed ? "" : closed.error().text()));
  REQUIRE(closed);
  return gate;
}

Result<ClientGate> closed_elsewhere() {
  return ClientGate::open("cache").and_then(
      [](ClientGate gate) { return gate.close({vip}).map([&] { return std::move(gate); }); });
}

}  // namespace

TEST_CASE("an open gate refuses nobody and leaves no table") {
  const Hosts hosts;
  auto gate = open_gate();
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  const Link link{vip, hosts.clients_on(anywhere())};
  CHECK(link.passes("a word"));
  CHECK(gate.admit());
}

TEST_CASE("a closed gate refuses whoever connects, whether Redis listens or not") {
  const auto from = anywhere();
  const bool listens = GENERATE(true, false);
  CAPTURE(from, listens);
  const Hosts hosts;
  const auto dial = hosts.clients_on(from);
  std::optional<Socket> listener;
  if (listens) listener.emplace(listener_on(vip));
  auto gate = closed_gate();
  CHECK(gate.closed());
  CHECK(outcome(dial(vip)) == ECONNREFUSED);
  if (listens) CHECK_FALSE(becomes(*listener, POLLIN, 0));
}

TEST_CASE("an established connection is reset on its next byte, which does not arrive") {
  const auto from = anywhere();
  CAPTURE(from);
  const Hosts hosts;
  const Link link{vip, hosts.clients_on(from)};
  REQUIRE(link.passes("a word"));
  auto gate = closed_gate();
  send_text(link.client, "x");
  CHECK(end_of(link.client) == ECONNRESET);
  CHECK(arrived(link.served).empty());
}

TEST_CASE("what Redis still answers is not delivered, and a reset is") {
  const auto from = anywhere();
  CAPTURE(from);
  const Hosts hosts;
  const auto dial = hosts.clients_on(from);
  const Link link{vip, dial};
  const Link untouched{other_port, dial};
  send_text(link.client, "SET");
  REQUIRE(becomes(link.served, POLLIN));
  auto gate = closed_gate();
  CHECK(arrived(link.served) == "SET");
  send_text(link.served, "+OK");
  send_text(untouched.served, "later");
  CHECK(received(untouched.client) == "later");
  CHECK(arrived(link.client).empty());

  auto diag = SocketDiag::open();
  REQUIRE(diag);
  CHECK(diag->destroy(vip) == 1);
  CHECK(end_of(link.client) == ECONNRESET);
}

TEST_CASE("a connection that waits to be accepted is not served either") {
  const Hosts hosts;
  const auto listener = listener_on(vip);
  const auto client = hosts.clients_on("another host")(vip);
  REQUIRE(outcome(client) == 0);
  auto gate = closed_gate();
  REQUIRE(becomes(listener, POLLIN));
  const Socket served{accept(listener.fd, nullptr, nullptr)};
  send_text(client, "SET");
  CHECK(end_of(client) == ECONNRESET);
  CHECK(arrived(served).empty());
}

TEST_CASE("a client's own reset still ends its connection") {
  const Hosts hosts;
  std::optional<Socket> client;
  const auto listener = listener_on(vip);
  client.emplace(hosts.clients_on("another host")(vip));
  REQUIRE(becomes(listener, POLLIN));
  const Socket served{accept(listener.fd, nullptr, nullptr)};
  auto gate = closed_gate();
  const linger at_once{1, 0};
  REQUIRE(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  client.reset();
  CHECK(end_of(served) == ECONNRESET);
}

TEST_CASE("the node's own address, other ports and other virtual addresses go on") {
  const auto from = anywhere();
  const auto endpoint = GENERATE(own_address, other_port, second_vip);
  CAPTURE(from, endpoint.text());
  const Hosts hosts;
  const auto dial = hosts.clients_on(from);
  const Link before{endpoint, dial};
  auto gate = closed_gate();
  CHECK(before.passes("a word"));
  send_text(before.served, "an answer");
  CHECK(received(before.client) == "an answer");
  const auto again = dial(endpoint);
  CHECK(outcome(again) == 0);
}

TEST_CASE("what this host itself asks of a Redis elsewhere at that port goes on") {
  const Hosts hosts;
  enter(hosts.there);
  const auto elsewhere = listener_on({address("10.77.0.9"), vip.port});
  enter(hosts.here);
  auto gate = closed_gate();
  CHECK(outcome(connecting_to({address("10.77.0.9"), vip.port})) == 0);
}

TEST_CASE("admitted clients are served again, and the table is gone") {
  const auto from = anywhere();
  CAPTURE(from);
  const Hosts hosts;
  const auto dial = hosts.clients_on(from);
  const Link link{vip, dial};
  auto gate = closed_gate();
  CHECK(tables() == "table ip redvip_gate_cache\n");
  REQUIRE(outcome(dial(vip)) == ECONNREFUSED);
  REQUIRE(gate.admit());
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  CHECK(link.passes("survived"));
  CHECK(outcome(dial(vip)) == 0);
}

TEST_CASE("two virtual addresses are closed together") {
  const auto endpoint = GENERATE(vip, second_vip);
  CAPTURE(endpoint.text());
  const Hosts hosts;
  const auto dial = hosts.clients_on("another host");
  const Link link{endpoint, dial};
  auto gate = closed_gate({vip, second_vip});
  CHECK(outcome(dial(endpoint)) == ECONNREFUSED);
  send_text(link.client, "x");
  CHECK(end_of(link.client) == ECONNRESET);
  REQUIRE(gate.admit());
  CHECK(outcome(dial(endpoint)) == 0);
}

TEST_CASE("a gate closes again, and for others instead, and for nobody") {
  const Hosts hosts;
  const auto dial = hosts.clients_on("another host");
  const auto first = listener_on(vip);
  const auto second = listener_on(second_vip);
  auto gate = closed_gate();
  REQUIRE(gate.close({vip}));
  REQUIRE(gate.close({second_vip}));
  CHECK(outcome(dial(vip)) == 0);
  CHECK(outcome(dial(second_vip)) == ECONNREFUSED);
  REQUIRE(gate.close({}));
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  CHECK(outcome(dial(second_vip)) == 0);
  REQUIRE(gate.close({vip}));
  CHECK(outcome(dial(vip)) == ECONNREFUSED);
}

TEST_CASE("a firewall's silence stays silence") {
  const Hosts hosts;
  const auto dial = hosts.clients_on("another host");
  run("nft 'table ip firewall { chain in { type filter hook input priority filter; "
      "tcp dport 6379 drop; }; }'");
  const auto gate = closed_gate();
  const auto ignored = dial(vip);
  const auto served = listener_on(other_port);
  REQUIRE(outcome(dial(other_port)) == 0);
  CHECK_FALSE(becomes(ignored, POLLOUT, 0));
}

TEST_CASE("the destructor admits, once, also after a move of the gate") {
  const Hosts hosts;
  {
    std::optional<ClientGate> first = closed_gate();
    const auto second = std::move(*first);
    first.reset();
    CHECK(second.closed());
    CHECK_FALSE(tables().empty());
  }
  CHECK(tables().empty());
}

TEST_CASE("a killed daemon takes its gate along") {
  const Hosts hosts;
  const auto listener = listener_on(vip);
  OtherDaemon killed{closed_elsewhere};
  REQUIRE(outcome(connecting_to(vip)) == ECONNREFUSED);
  killed.end();
  CHECK(tables().empty());
  CHECK(outcome(connecting_to(vip)) == 0);
  CHECK(closed_gate().closed());
}

TEST_CASE("gates of two services, and a drain guard, know nothing of each other") {
  const Hosts hosts;
  const auto cache = closed_gate({vip}, "cache");
  auto queue = closed_gate({second_vip}, "queue");
  auto guard = DrainGuard::open("cache");
  REQUIRE(guard);
  REQUIRE(guard->raise({address("10.77.0.9"), 6379}));
  CHECK(tables() ==
        "table ip redvip_gate_cache\n"
        "table ip redvip_gate_queue\n"
        "table ip redvip_drain_cache\n");
  REQUIRE(queue.admit());
  REQUIRE(guard->lift());
  CHECK(outcome(connecting_to(vip)) == ECONNREFUSED);
}

TEST_CASE("a second daemon with the same service is told so, and opens nobody's gate") {
  const Hosts hosts;
  const auto listener = listener_on(vip);
  const OtherDaemon first{closed_elsewhere};
  const auto second = ClientGate::open("cache");
  REQUIRE_FALSE(second);
  INFO(second.error().text());
  CHECK(second.error().text().find("nft table redvip_gate_cache: cannot refuse clients") == 0);
  CHECK(outcome(connecting_to(vip)) == ECONNREFUSED);
}

TEST_CASE("without CAP_NET_ADMIN a gate says what it needs") {
  const Hosts hosts;
  REQUIRE(seteuid(65534) == 0);  // takes the effective capabilities along
  const auto gate = ClientGate::open("cache");
  REQUIRE(seteuid(0) == 0);
  REQUIRE_FALSE(gate);
  CHECK(gate.error().text() == "nft: cannot refuse clients: it needs CAP_NET_ADMIN");
}

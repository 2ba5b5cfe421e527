#include "netlink/client_gate.hpp"

#include <optional>

#include "netlink/drain_guard.hpp"
#include "netlink/socket_diag.hpp"
#include "tcp.hpp"

using namespace redvip;
using namespace redvip::netlink;
using namespace redvip::test;

namespace {

// A client's host and, joined to it, the one that has the virtual addresses and runs the test.
struct GatedHosts {
  explicit GatedHosts(Family of = Family::ipv4) : family{of} {
    run("ip link add c0 type veth peer name s0 && ip link set s0 netns " + path_of(here));
    add("9", "c0");
    run("ip link set c0 up");
    await_ipv6_delivery();
    enter(here);
    for (const std::string own : {"1", "100", "101"}) add(own, "s0");
    run("ip link set s0 up");
    await_ipv6_delivery();
  }
  std::function<Socket(Endpoint)> clients_on(const std::string& which) const {
    if (which == "this host") return [](Endpoint to) { return connecting_to(to); };
    return [this](Endpoint to) {
      enter(there);
      auto client = connecting_to(to);
      enter(here);
      return client;
    };
  }
  Family family;
  Endpoint vip{host(family, "100"), 6379};
  Endpoint second_vip{host(family, "101"), 6379};
  Endpoint other_port{host(family, "100"), 6380};
  Endpoint own_address{host(family, "1"), 6379};
  Endpoint client_host{host(family, "9"), 6379};
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
  auto gate = ClientGate::open(Nft{}, service);
  INFO((gate ? "" : gate.error().text()));
  REQUIRE(gate);
  return std::move(*gate);
}

ClientGate closed_gate(const std::vector<Endpoint>& clients, const std::string& service = "cache") {
  auto gate = open_gate(service);
  const auto closed = gate.close(clients);
  INFO((closed ? "" : closed.error().text()));
  REQUIRE(closed);
  return gate;
}

Result<ClientGate> closed_elsewhere() {
  return ClientGate::open(Nft{}, "cache").and_then([](ClientGate gate) {
    return gate.close({{host(Family::ipv4, "100"), 6379}}).map([&] { return std::move(gate); });
  });
}

}  // namespace

TEST_CASE("an open gate refuses nobody and leaves no table") {
  const GatedHosts hosts;
  auto gate = open_gate();
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  const Link link{hosts.vip, hosts.clients_on(anywhere())};
  CHECK(link.passes("a word"));
  CHECK(gate.admit());
}

TEST_CASE("the hooks stay in use for as long as somebody may need them") {
  const GatedHosts hosts;
  {
    const auto gate = open_gate();
    CHECK(tables("nft list tables") == "table inet redvip_hooks\n");
    const auto listed = tables("nft list table inet redvip_hooks");
    for (const auto* hook : {"hook input", "hook output", "hook postrouting"}) {
      CHECK(listed.find(hook) != std::string::npos);
    }
  }
  CHECK(tables("nft list tables").empty());
}

TEST_CASE("where another daemon keeps the hooks in use, an error is still its own") {
  const GatedHosts hosts;
  const OtherDaemon first{closed_elsewhere};
  auto table = NftTable::open(Nft{}, "test", "queue", "try");
  REQUIRE(table);
  const auto put = table->put(" no chain\n", "try");
  REQUIRE_FALSE(put);
  INFO(put.error().text());
  CHECK(put.error().text().find("cannot try: syntax error") != std::string::npos);
}

TEST_CASE("a closed gate refuses whoever connects, whether Redis listens or not") {
  const auto from = anywhere();
  const bool listens = GENERATE(true, false);
  CAPTURE(from, listens);
  const GatedHosts hosts{either_family()};
  const auto dial = hosts.clients_on(from);
  std::optional<Socket> listener;
  if (listens) listener.emplace(listener_on(hosts.vip));
  auto gate = closed_gate({hosts.vip});
  CHECK(gate.closed());
  CHECK(outcome(dial(hosts.vip)) == ECONNREFUSED);
  if (listens) CHECK_FALSE(becomes(*listener, POLLIN, 0));
}

TEST_CASE("an established connection is reset on its next byte, which does not arrive") {
  const auto from = anywhere();
  CAPTURE(from);
  const GatedHosts hosts{either_family()};
  const Link link{hosts.vip, hosts.clients_on(from)};
  REQUIRE(link.passes("a word"));
  auto gate = closed_gate({hosts.vip});
  send_text(link.client, "x");
  CHECK(end_of(link.client) == ECONNRESET);
  CHECK(arrived(link.served).empty());
}

TEST_CASE("what Redis still answers is not delivered, and a reset is") {
  const auto from = anywhere();
  CAPTURE(from);
  const GatedHosts hosts{either_family()};
  const auto dial = hosts.clients_on(from);
  const Link link{hosts.vip, dial};
  const Link untouched{hosts.other_port, dial};
  send_text(link.client, "SET");
  REQUIRE(becomes(link.served, POLLIN));
  auto gate = closed_gate({hosts.vip});
  CHECK(arrived(link.served) == "SET");
  send_text(link.served, "+OK");
  send_text(untouched.served, "later");
  CHECK(received(untouched.client) == "later");
  CHECK(arrived(link.client).empty());

  auto diag = SocketDiag::open();
  REQUIRE(diag);
  CHECK(diag->destroy(hosts.vip) == 1);
  CHECK(end_of(link.client) == ECONNRESET);
}

TEST_CASE("a connection that waits to be accepted is not served either") {
  const GatedHosts hosts{either_family()};
  const auto listener = listener_on(hosts.vip);
  const auto client = hosts.clients_on("another host")(hosts.vip);
  REQUIRE(outcome(client) == 0);
  auto gate = closed_gate({hosts.vip});
  REQUIRE(becomes(listener, POLLIN));
  const Socket served{accept(listener.fd, nullptr, nullptr)};
  send_text(client, "SET");
  CHECK(end_of(client) == ECONNRESET);
  CHECK(arrived(served).empty());
}

TEST_CASE("a client's own reset still ends its connection") {
  const GatedHosts hosts{either_family()};
  std::optional<Socket> client;
  const auto listener = listener_on(hosts.vip);
  client.emplace(hosts.clients_on("another host")(hosts.vip));
  REQUIRE(becomes(listener, POLLIN));
  const Socket served{accept(listener.fd, nullptr, nullptr)};
  auto gate = closed_gate({hosts.vip});
  const linger at_once{1, 0};
  REQUIRE(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  client.reset();
  CHECK(end_of(served) == ECONNRESET);
}

TEST_CASE("the node's own address, other ports and other virtual addresses go on") {
  const auto from = anywhere();
  const GatedHosts hosts{either_family()};
  const auto endpoint =
      hosts.*GENERATE(&GatedHosts::own_address, &GatedHosts::other_port, &GatedHosts::second_vip);
  CAPTURE(from, endpoint.text());
  const auto dial = hosts.clients_on(from);
  const Link before{endpoint, dial};
  auto gate = closed_gate({hosts.vip});
  CHECK(before.passes("a word"));
  send_text(before.served, "an answer");
  CHECK(received(before.client) == "an answer");
  const auto again = dial(endpoint);
  CHECK(outcome(again) == 0);
}

TEST_CASE("what this host itself asks of a Redis elsewhere at that port goes on") {
  const GatedHosts hosts{either_family()};
  enter(hosts.there);
  const auto elsewhere = listener_on(hosts.client_host);
  enter(hosts.here);
  auto gate = closed_gate({hosts.vip});
  CHECK(outcome(connecting_to(hosts.client_host)) == 0);
}

TEST_CASE("admitted clients are served again, and the table is gone") {
  const auto from = anywhere();
  CAPTURE(from);
  const GatedHosts hosts{either_family()};
  const auto dial = hosts.clients_on(from);
  const Link link{hosts.vip, dial};
  auto gate = closed_gate({hosts.vip});
  CHECK(tables() == "table inet redvip_gate_cache\n");
  REQUIRE(outcome(dial(hosts.vip)) == ECONNREFUSED);
  REQUIRE(gate.admit());
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  CHECK(link.passes("survived"));
  CHECK(outcome(dial(hosts.vip)) == 0);
}

TEST_CASE("two virtual addresses are closed together") {
  const GatedHosts hosts{either_family()};
  const auto endpoint = hosts.*GENERATE(&GatedHosts::vip, &GatedHosts::second_vip);
  CAPTURE(endpoint.text());
  const auto dial = hosts.clients_on("another host");
  const Link link{endpoint, dial};
  auto gate = closed_gate({hosts.vip, hosts.second_vip});
  CHECK(outcome(dial(endpoint)) == ECONNREFUSED);
  send_text(link.client, "x");
  CHECK(end_of(link.client) == ECONNRESET);
  REQUIRE(gate.admit());
  CHECK(outcome(dial(endpoint)) == 0);
}

TEST_CASE("addresses of both families are closed by one gate") {
  const auto endpoint = Endpoint{host(either_family(), "100"), 6379};
  CAPTURE(endpoint.text());
  const GatedHosts hosts;
  const auto dial = hosts.clients_on("another host");
  const Link link{endpoint, dial};
  auto gate = closed_gate({{host(Family::ipv4, "100"), 6379}, {host(Family::ipv6, "100"), 6379}});
  CHECK(outcome(dial(endpoint)) == ECONNREFUSED);
  send_text(link.client, "x");
  CHECK(end_of(link.client) == ECONNRESET);
}

TEST_CASE("a gate closes again, and for others instead, and for nobody") {
  const GatedHosts hosts;
  const auto dial = hosts.clients_on("another host");
  const auto first = listener_on(hosts.vip);
  const auto second = listener_on(hosts.second_vip);
  auto gate = closed_gate({hosts.vip});
  REQUIRE(gate.close({hosts.vip}));
  REQUIRE(gate.close({hosts.second_vip}));
  CHECK(outcome(dial(hosts.vip)) == 0);
  CHECK(outcome(dial(hosts.second_vip)) == ECONNREFUSED);
  REQUIRE(gate.close({}));
  CHECK_FALSE(gate.closed());
  CHECK(tables().empty());
  CHECK(outcome(dial(hosts.second_vip)) == 0);
  REQUIRE(gate.close({hosts.vip}));
  CHECK(outcome(dial(hosts.vip)) == ECONNREFUSED);
}

TEST_CASE("a firewall's silence stays silence") {
  const GatedHosts hosts;
  const auto dial = hosts.clients_on("another host");
  run("nft 'table ip firewall { chain in { type filter hook input priority filter; "
      "tcp dport 6379 drop; }; }'");
  const auto gate = closed_gate({hosts.vip});
  const auto ignored = dial(hosts.vip);
  const auto served = listener_on(hosts.other_port);
  REQUIRE(outcome(dial(hosts.other_port)) == 0);
  CHECK_FALSE(becomes(ignored, POLLOUT, 0));
}

TEST_CASE("the destructor admits, once, also after a move of the gate") {
  const GatedHosts hosts;
  {
    std::optional<ClientGate> first = closed_gate({hosts.vip});
    const auto second = std::move(*first);
    first.reset();
    CHECK(second.closed());
    CHECK_FALSE(tables().empty());
  }
  CHECK(tables().empty());
}

TEST_CASE("a killed daemon takes its gate along") {
  const GatedHosts hosts;
  const auto listener = listener_on(hosts.vip);
  OtherDaemon killed{closed_elsewhere};
  REQUIRE(outcome(connecting_to(hosts.vip)) == ECONNREFUSED);
  killed.end();
  CHECK(tables().empty());
  CHECK(outcome(connecting_to(hosts.vip)) == 0);
  CHECK(closed_gate({hosts.vip}).closed());
}

TEST_CASE("gates of two services, and a drain guard, know nothing of each other") {
  const GatedHosts hosts;
  const auto cache = closed_gate({hosts.vip}, "cache");
  auto queue = closed_gate({hosts.second_vip}, "queue");
  auto guard = DrainGuard::open(Nft{}, "cache");
  REQUIRE(guard);
  REQUIRE(guard->raise(hosts.client_host));
  CHECK(tables() ==
        "table inet redvip_gate_cache\n"
        "table inet redvip_gate_queue\n"
        "table inet redvip_drain_cache\n");
  REQUIRE(queue.admit());
  REQUIRE(guard->lift());
  CHECK(outcome(connecting_to(hosts.vip)) == ECONNREFUSED);
}

TEST_CASE("a second daemon with the same service is told so, and opens nobody's gate") {
  const GatedHosts hosts;
  const auto listener = listener_on(hosts.vip);
  const OtherDaemon first{closed_elsewhere};
  const auto second = ClientGate::open(Nft{}, "cache");
  REQUIRE_FALSE(second);
  INFO(second.error().text());
  CHECK(second.error().text().find("nft table redvip_gate_cache: cannot refuse clients") == 0);
  CHECK(outcome(connecting_to(hosts.vip)) == ECONNREFUSED);
}

TEST_CASE("only a daemon's first gate is tried; whose the others are is told when they close") {
  const GatedHosts hosts;
  const auto listener = listener_on(hosts.vip);
  const Nft nft;
  REQUIRE(ClientGate::open(nft, "queue"));
  const OtherDaemon first{closed_elsewhere};
  auto second = ClientGate::open(nft, "cache");
  REQUIRE(second);
  const auto closed = second->close({hosts.vip});
  REQUIRE_FALSE(closed);
  INFO(closed.error().text());
  CHECK(closed.error().text().find("nft table redvip_gate_cache: cannot refuse clients") == 0);
}

TEST_CASE("what failed is tried again") {
  const Nft nft;
  int trials = 0;
  const auto fails = [&]() -> Result<void> { return ++trials, failure("no", "here"); };
  const auto works = [&] { return ++trials, Result<void>{}; };
  CHECK_FALSE(nft.once("gate", fails));
  CHECK(nft.once("gate", works));
  CHECK(nft.once("gate", works));
  CHECK(trials == 2);
}

TEST_CASE("without CAP_NET_ADMIN a gate says what it needs") {
  const GatedHosts hosts;
  REQUIRE(seteuid(65534) == 0);  // takes the effective capabilities along
  const auto gate = ClientGate::open(Nft{}, "cache");
  REQUIRE(seteuid(0) == 0);
  REQUIRE_FALSE(gate);
  CHECK(gate.error().text() == "nft: cannot refuse clients: it needs CAP_NET_ADMIN");
}

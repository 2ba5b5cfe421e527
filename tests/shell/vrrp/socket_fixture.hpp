// Sockets on the two ends of a cable, and what has arrived at each.
#pragma once

#include <net/if.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include "shell/vrrp/two_hosts.hpp"
#include "vrrp/receive.hpp"
#include "vrrp/socket.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::vrrp {

inline IpAddress ip(std::string_view text) {
  return IpAddress::parse(text).value();
}

const IpAddress left_address = ip("10.0.0.1");
const IpAddress right_address = ip("10.0.0.2");
const IpAddress left_link_local = ip("fe80::1");
const IpAddress right_link_local = ip("fe80::2");
const IpAddress group4 = multicast_group(Family::ipv4);
const IpAddress group6 = multicast_group(Family::ipv6);

inline const Authentication ah = AhAuthentication{make_password("s3cr3t78").value()};

inline Advertisement advertisement(int priority, Family family = Family::ipv4) {
  return {Version::v3,
          Vrid::of(51),
          Priority::of(priority),
          Centiseconds{10},
          {family == Family::ipv4 ? ip("10.0.0.100") : ip("fe80::100")}};
}

struct Lan : lan::TwoHosts {
  boost::asio::io_context io;
  Receivers left_receivers{io};  // a process is in one namespace
  Receivers right_receivers{io};

  // Both ends get a link-local address that can be used at once.
  void enable_ipv6() const {
    left.run("ip address add fe80::1/64 dev wire nodad");
    right.run("ip address add fe80::2/64 dev wire nodad");
  }

  Result<std::unique_ptr<Socket>> try_open(const lan::Host& host, const SocketConfig& config,
                                           const PacketHandler& handler, Vrid vrid = Vrid::of(51)) {
    return host.inside([&] {
      auto complete = config;
      complete.interface.ifindex = index(config.interface.name);
      if (complete.vmac) complete.vmac->ifindex = index(complete.vmac->name);
      auto& receivers = &host == &left ? left_receivers : right_receivers;
      return Socket::open(receivers, complete, vrid, handler);
    });
  }

  std::unique_ptr<Socket> open(const lan::Host& host, const SocketConfig& config,
                               const PacketHandler& handler) {
    auto socket = try_open(host, config, handler);
    if (!socket) throw std::runtime_error{socket.error().text()};
    return std::move(*socket);
  }

  std::unique_ptr<Socket> open(const lan::Host& host, bool unicast, const PacketHandler& handler) {
    const auto source = &host == &left ? left_address : right_address;
    return open(host, {{"wire"}, source, unicast}, handler);
  }

  std::unique_ptr<Socket> open_v6(const lan::Host& host, const PacketHandler& handler) {
    const auto source = &host == &left ? left_link_local : right_link_local;
    return open(host, {{"wire"}, source}, handler);
  }

  template <class Condition>
  bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io.run_one_for(std::chrono::milliseconds{100});
    }
    return condition();
  }

 private:
  static int index(const std::string& name) {
    return static_cast<int>(::if_nametoindex(name.c_str()));
  }
};

struct Inbox {
  struct Packet {
    Octets octets;
    std::optional<Datagram::Ipv6Header> ipv6;

    [[nodiscard]] Datagram datagram() const { return {octets, ipv6}; }
    [[nodiscard]] int priority() const { return octets.at(ipv6 ? 2 : 22); }
  };
  std::vector<Packet> packets;

  PacketHandler handler() {
    return [this](const Datagram& datagram) {
      packets.push_back({{datagram.octets.begin(), datagram.octets.end()}, datagram.ipv6});
    };
  }
};

// The priorities, which the tests use as labels, of what has arrived without AH.
inline std::vector<int> priorities(const Inbox& inbox) {
  std::vector<int> result;
  for (const auto& packet : inbox.packets) result.push_back(packet.priority());
  return result;
}

inline Result<void> send(Socket& socket, int priority, IpAddress source,
                         IpAddress destination = group4) {
  const auto advert = advertisement(priority, source.family());
  return socket.send(encode(advert, {source, destination}), destination);
}

inline PacketHandler ignore() {
  return [](const Datagram&) {};
}

// What the right host believes of the left one.
inline Expectation expected_at_right(Family family = Family::ipv4, bool unicast = false) {
  const bool v4 = family == Family::ipv4;
  Expectation expected{Version::v3,
                       Vrid::of(51),
                       advertisement(1, family).addresses,
                       Centiseconds{10},
                       Priority::of(100),
                       v4 ? right_address : right_link_local,
                       {v4 ? left_address : left_link_local}};
  expected.unicast = unicast;
  return expected;
}

inline tl::expected<Received, Rejected> examine(const Inbox::Packet& packet,
                                                const Expectation& expected) {
  SequenceNumbers numbers;
  return receive(packet.datagram(), expected, numbers, WallTime{});
}

}  // namespace redvip::vrrp

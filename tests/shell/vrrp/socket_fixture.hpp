// Sockets on the two ends of a cable, and what has arrived at each.
#pragma once

#include <net/if.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include "shell/vrrp/two_hosts.hpp"
#include "vrrp/packet.hpp"
#include "vrrp/socket.hpp"

namespace redvip::vrrp {

using Octets = std::vector<std::uint8_t>;

inline const Ipv4 left_address{0x0A000001};
inline const Ipv4 right_address{0x0A000002};
inline const Ipv4 virtual_ip{0x0A000064};

inline Advertisement advertisement(int priority) {
  return {Vrid::of(51), Priority::of(priority), Centiseconds{10}, {virtual_ip}};
}

struct Lan : lan::TwoHosts {
  boost::asio::io_context io;

  Result<std::unique_ptr<Socket>> try_open(const lan::Host& host, const SocketConfig& config,
                                           PacketHandler handler) {
    return host.inside([&] {
      auto complete = config;
      complete.ifindex = static_cast<int>(::if_nametoindex(config.interface.c_str()));
      return Socket::open(io, complete, std::move(handler));
    });
  }

  std::unique_ptr<Socket> open(const lan::Host& host, bool unicast, PacketHandler handler) {
    const auto source = &host == &left ? left_address : right_address;
    auto socket = try_open(host, {"wire", 0, source, unicast}, std::move(handler));
    if (!socket) throw std::runtime_error{socket.error().text()};
    return std::move(*socket);
  }

  template <class Condition>
  bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io.run_one_for(std::chrono::milliseconds{100});
    }
    return condition();
  }
};

struct Inbox {
  std::vector<Octets> packets;

  PacketHandler handler() {
    return [this](std::span<const std::uint8_t> packet) {
      packets.emplace_back(packet.begin(), packet.end());
    };
  }
};

// The priorities, which the tests use as labels, of what has arrived; the header has 20 octets.
inline std::vector<int> priorities(const Inbox& inbox) {
  std::vector<int> result;
  for (const auto& packet : inbox.packets) result.push_back(packet.at(22));
  return result;
}

inline Result<void> send(Socket& socket, int priority, Ipv4 source,
                         Ipv4 destination = multicast_group) {
  return socket.send(encode(advertisement(priority), source, destination), destination);
}

inline PacketHandler ignore() {
  return [](std::span<const std::uint8_t>) {};
}

}  // namespace redvip::vrrp

// A raw socket for VRRP on one interface, in multicast or unicast mode (raw(7), ip(7)). It moves
// octets: what a packet means is decided by receive(), when to send one by the election.
//
// Needs CAP_NET_RAW, and CAP_NET_ADMIN for its traffic class. Everything it sends has TTL 255, TOS
// 0xC0 (internetwork control) and the node's address as source, never a virtual IP.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "core/result.hpp"
#include "core/types.hpp"

namespace redvip::vrrp {

struct SocketConfig {
  std::string interface;
  int ifindex = 0;  // of that interface; the group is joined by it
  Ipv4 source;      // the node's address on it
  bool unicast = false;
};

// One raw packet, IPv4 header included, valid only during the call, which must not destroy
// the Socket.
using PacketHandler = std::function<void(std::span<const std::uint8_t>)>;

class Socket {
 public:
  // Multicast: receives what is sent to 224.0.0.18. Unicast: what is sent to `source`. Of both,
  // only what arrives on the interface. Errors name the call that failed: no such interface or
  // address, or no permission.
  [[nodiscard]] static Result<std::unique_ptr<Socket>> open(boost::asio::io_context& io,
                                                            const SocketConfig& config,
                                                            PacketHandler handler);

  // `payload` is the VRRP message without an IPv4 header. An error (interface down, source address
  // gone, buffer full) means that nothing was sent; the socket stays usable.
  [[nodiscard]] Result<void> send(std::span<const std::uint8_t> payload, Ipv4 destination);

  // Leaves the group and joins it anew, so that snooping switches hear of us again after a carrier
  // loss. Nothing to do in unicast mode.
  [[nodiscard]] Result<void> rejoin();

 private:
  Socket(boost::asio::io_context& io, SocketConfig config, PacketHandler handler);
  Result<void> assign_new_socket();
  Result<void> configure();
  Result<void> bind_source();
  Result<void> join();
  Result<void> set(int level, int option, int value, const char* name);
  [[nodiscard]] tl::unexpected<Error> failed(const char* call) const;
  void discard_backlog();
  void wait();
  void read();

  SocketConfig config_;
  PacketHandler handler_;
  boost::asio::posix::stream_descriptor descriptor_;
  // A VRRP packet has at most 60 + 8 + 4 * 255 = 1088 octets. A longer one is cut, and rejected.
  std::array<std::uint8_t, 2048> buffer_{};
  // A completion that is already queued when we are destroyed sees that this has expired.
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();
};

}  // namespace redvip::vrrp

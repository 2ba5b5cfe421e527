// One raw socket that hears one IP protocol at one place (raw(7), ipv6(7)).
#pragma once

#include <array>
#include <compare>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "vrrp/ip.hpp"
#include "vrrp/raw_socket.hpp"

namespace redvip::vrrp {

// Valid only during the call, which must not destroy what calls.
using PacketHandler = std::function<void(const Datagram&)>;

struct ReceiverConfig {
  std::string interface;
  int ifindex;
  IpAddress bound_to;  // a multicast group, which is joined, or an address of ours
  int protocol;
  auto operator<=>(const ReceiverConfig&) const = default;
};

class Receiver {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Receiver>> open(boost::asio::io_context& io,
                                                              const ReceiverConfig& config,
                                                              PacketHandler handler);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // See Socket::rejoin().
  [[nodiscard]] Result<void> rejoin();

 private:
  Receiver(boost::asio::io_context& io, ReceiverConfig config, RawSocket socket,
           PacketHandler handler);
  Result<void> configure();
  Result<void> configure_v4();
  Result<void> configure_v6();
  Result<void> join();
  Result<void> change_membership(int v4_option, int v6_option, const char* name);
  Result<void> watch();
  void discard_backlog();
  void wait();
  void read();
  bool read_one();

  ReceiverConfig config_;
  RawSocket socket_;
  PacketHandler handler_;
  boost::asio::posix::stream_descriptor descriptor_;  // waits for socket_, which owns it
  // A VRRPv3 packet over IPv6 has at most 8 + 16 * 255 + 28 = 4116 octets, one over IPv4 with its
  // header and AH 60 + 24 + 8 + 4 * 255 + 28. A longer one is cut, and rejected.
  std::array<std::uint8_t, 4608> buffer_{};
  // A completion that is already queued when we are destroyed sees that this has expired.
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();
};

}  // namespace redvip::vrrp

// Raw sockets for VRRP on one interface, in multicast or unicast mode. They move packets: what one
// means is decided by receive(), what one says by encode(), when to send one by the election.
//
// Needs CAP_NET_RAW, and CAP_NET_ADMIN for its queueing priority and receive buffer. Sending and
// receiving are sockets of their own, because what is sent carries an IP header of ours (the
// integrity check of AH covers it) and may leave through a macvlan.
//
// A trap (IPv4): the kernel drops what arrives with one of our own addresses as source. The owner
// of a virtual address that we hold, coming back, advertises from that address; to hear it, set
// net.ipv4.conf.INTERFACE.accept_local while we hold one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/types.hpp"
#include "vrrp/raw_socket.hpp"
#include "vrrp/receivers.hpp"

namespace redvip::vrrp {

struct Device {
  std::string name;
  int ifindex = 0;
};

struct SocketConfig {
  Device interface;
  // The node's address on it; its family is that of the adverts. IPv6 multicast: link-local. Not a
  // tentative one.
  IpAddress source;
  bool unicast = false;
  bool ah = false;  // IPv4: hear IP protocol 51 besides 112
  // A macvlan in bridge mode on `interface`, whose MAC our packets then come from (RFC 9568 7.2).
  // It may be down until we send. In that mode the interface itself receives all there is to hear,
  // also from a router with the same virtual MAC (vrrp.md 6.2).
  std::optional<Device> vmac{};
};

class Socket {
 public:
  // Multicast: receives what is sent to the VRRP group. Unicast: what is sent to `source`. Of both,
  // only what arrives on the interface. Errors name the call that failed: no such interface or
  // address, or no permission.
  // `handler` gets what Receivers::hear() says.
  [[nodiscard]] static Result<std::unique_ptr<Socket>> open(Receivers& receivers,
                                                            const SocketConfig& config, Vrid vrid,
                                                            const PacketHandler& handler);

  // `packet` is what encode() returns for this destination. An error (interface down, buffer full)
  // means that nothing was sent; the socket stays usable. Whether we still have the source address
  // is not looked at again: of that the interface monitor tells, and a last advert may still go.
  [[nodiscard]] Result<void> send(OctetView packet, IpAddress destination);

  // Leaves the group and joins it anew, so that snooping switches hear of us again after a carrier
  // loss. Nothing to do in unicast mode.
  [[nodiscard]] Result<void> rejoin();

 private:
  Socket(SocketConfig config, RawSocket sender)
      : config_{std::move(config)}, sender_{std::move(sender)} {}
  Result<void> hear(Receivers& receivers, int protocol, Vrid vrid, const PacketHandler& handler);
  Result<void> configure_sender();

  SocketConfig config_;
  RawSocket sender_;
  std::vector<std::unique_ptr<Receivers::Hearing>> heard_;
};

}  // namespace redvip::vrrp

#include "vrrp/socket.hpp"

#include <cassert>
#include <utility>

#include "vrrp/ah.hpp"
#include "vrrp/packet.hpp"

namespace redvip::vrrp {

// IPPROTO_RAW: it receives nothing, and what it sends begins with the IP header.
Result<std::unique_ptr<Socket>> Socket::open(Receivers& receivers, const SocketConfig& config,
                                             Vrid vrid, const PacketHandler& handler) {
  assert(!config.interface.name.empty());  // SO_BINDTODEVICE would take it for "any interface"
  auto sender = RawSocket::open(config.source.family(), IPPROTO_RAW, config.interface.name);
  if (!sender) return tl::unexpected(sender.error());
  std::unique_ptr<Socket> socket{new Socket{config, std::move(*sender)}};
  const auto ready = socket->hear(receivers, protocol_number, vrid, handler)
                         .and_then([&] {
                           return config.ah
                                      ? socket->hear(receivers, ah_protocol_number, vrid, handler)
                                      : Result<void>{};
                         })
                         .and_then([&] { return socket->configure_sender(); });
  if (!ready) return tl::unexpected(ready.error());
  return socket;
}

Result<void> Socket::hear(Receivers& receivers, int protocol, Vrid vrid,
                          const PacketHandler& handler) {
  const auto bound_to = config_.unicast ? config_.source : multicast_group(config_.source.family());
  auto hearing = receivers.hear(
      {config_.interface.name, config_.interface.ifindex, bound_to, protocol}, vrid, handler);
  if (!hearing) return tl::unexpected(hearing.error());
  heard_.push_back(std::move(*hearing));
  return {};
}

// Bound to the source, so that an address which we do not have is an error here. That has to come
// before the macvlan, which has no addresses.
Result<void> Socket::configure_sender() {
  const bool v4 = config_.source.is_v4();
  return sender_.bind(config_.source, config_.source.link_local() ? config_.interface.ifindex : 0)
      .and_then(
          [&] { return sender_.bind_to_device(config_.vmac.value_or(config_.interface).name); })
      .and_then([&] {
        return v4 ? sender_.set(IPPROTO_IP, IP_MULTICAST_LOOP, 0, "IP_MULTICAST_LOOP")
                  : sender_.set(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, "IPV6_MULTICAST_LOOP");
      })
      .and_then([&] { return sender_.set(SOL_SOCKET, SO_PRIORITY, 7, "SO_PRIORITY"); });
}

Result<void> Socket::send(OctetView packet, IpAddress destination) {
  const KernelAddress to{destination, 0};
  const auto sent = ::sendto(sender_.get(), packet.data(), packet.size(), 0, to.get(), to.length);
  if (sent < 0) return sender_.failed("sendto");
  return {};
}

Result<void> Socket::rejoin() {
  for (const auto& hearing : heard_) {
    if (const auto joined = hearing->rejoin(); !joined) return joined;
  }
  return {};
}

}  // namespace redvip::vrrp

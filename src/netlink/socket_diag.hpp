// Resets and measures this host's TCP connections (sock_diag(7), linux/inet_diag.h). Shell.
//
// IPv4 over an IPv6 socket (a dual-stack Redis listens on ::) is found like plain IPv4.
#pragma once

#include <cstdint>
#include <optional>

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

// Every call is synchronous; its cost grows with the number of the host's connections.
class SocketDiag {
 public:
  [[nodiscard]] static Result<SocketDiag> open();

  // SOCK_DESTROY for every connection whose local end is `local`: the peer gets a reset, the local
  // process ECONNABORTED, those not yet accepted included. Listeners and TIME_WAIT are left alone.
  // Call it while the address is still there: afterwards the kernel cannot send the reset. Returns
  // how many were reset. Needs CAP_NET_ADMIN and a kernel with CONFIG_INET_DIAG_DESTROY.
  [[nodiscard]] Result<int> destroy(Endpoint local);

  // Bytes that have arrived from `remote` and have not been read, over all connections of this host
  // to it but this process's own; nullopt when there is none. A close by the peer that has not been
  // read counts as one byte. A connection that was reset is gone from here, even when its
  // process still has bytes to read.
  [[nodiscard]] Result<std::optional<std::uint32_t>> unread(Endpoint remote);

 private:
  explicit SocketDiag(NetlinkSocket socket) : socket_{std::move(socket)} {}
  NetlinkSocket socket_;
};

}  // namespace redvip::netlink

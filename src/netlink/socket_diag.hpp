// Resets and measures this host's TCP connections (sock_diag(7), linux/inet_diag.h). Shell.
//
// IPv4 over an IPv6 socket (a dual-stack Redis listens on ::) is found like plain IPv4.
#pragma once

#include <linux/inet_diag.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

// Every call is synchronous. To find connections the kernel goes through its table of all of them,
// which takes about 2 ms on a large host whatever is in it; what is found is therefore kept.
class SocketDiag {
 public:
  [[nodiscard]] static Result<SocketDiag> open();

  // For a destroy() that follows soon: it then resets these first, and at once.
  [[nodiscard]] Result<void> find_clients(Endpoint local);

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
  struct Links {
    std::chrono::steady_clock::time_point found_at{};
    std::vector<inet_diag_msg> sockets{};  // not this process's own
  };

  explicit SocketDiag(NetlinkSocket socket) : socket_{std::move(socket)} {}
  [[nodiscard]] Result<int> destroy_found(Endpoint local);
  [[nodiscard]] Result<bool> destroy(const inet_diag_msg& client, Endpoint local);
  [[nodiscard]] Result<void> find_links(IpAddress remote);
  [[nodiscard]] Result<std::optional<std::uint32_t>> unread_of_known(Endpoint remote);

  NetlinkSocket socket_;
  std::map<Endpoint, std::vector<inet_diag_msg>> clients_{};
  std::map<IpAddress, Links> links_{};
};

}  // namespace redvip::netlink

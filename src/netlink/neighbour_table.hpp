// The kernel's table of neighbours (rtnetlink(7): RTM_GETNEIGH; `ip neighbour` shows it). Shell.
#pragma once

#include <optional>

#include "netlink/address.hpp"
#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

class NeighbourTable {
 public:
  [[nodiscard]] static Result<NeighbourTable> open();

  // Where the kernel sends what is for `address`; nullopt when it does not know, since nothing was
  // sent there for a while or nobody answered. One request that is answered within microseconds.
  // Needs Linux 5.0, and no capability.
  [[nodiscard]] Result<std::optional<Mac>> find(int ifindex, IpAddress address);

 private:
  explicit NeighbourTable(NetlinkSocket socket) : socket_{std::move(socket)} {}
  NetlinkSocket socket_;
};

}  // namespace redvip::netlink

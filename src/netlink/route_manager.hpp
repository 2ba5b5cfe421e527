// Adds and removes routes (rtnetlink(7): RTM_NEWROUTE, RTM_DELROUTE). Shell.
//
// Ours have the protocol 0x52 ('R'; `ip route show table all proto 82` lists them).
#pragma once

#include "core/route.hpp"
#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

// Every call is one request or a few that the kernel answers within microseconds, but for
// remove_leftovers(), which reads all routes of the host. Errors name the route and the kernel's
// reason; without CAP_NET_ADMIN all fail.
class RouteManager {
 public:
  [[nodiscard]] static Result<RouteManager> open();

  // Adds the route through this interface (Route::interface is not looked at), or changes ours to
  // the same destination in the same table with the same metric. Somebody else's is never touched:
  // an error. The kernel removes a route with its source address, so that a put of the address is
  // followed by one of the route.
  [[nodiscard]] Result<void> put(int ifindex, const Route& route);

  // Absent already, even with its interface, is success; so is somebody else's, which stays.
  [[nodiscard]] Result<void> remove(int ifindex, const Route& route);

  // Removes all of ours, through any interface: at the start, before any put(). Returns how many.
  [[nodiscard]] Result<int> remove_leftovers();

 private:
  explicit RouteManager(NetlinkSocket socket) : socket_{std::move(socket)} {}
  [[nodiscard]] Result<bool> have(const Route& route);
  [[nodiscard]] Result<std::vector<Message>> ours();
  NetlinkSocket socket_;
};

}  // namespace redvip::netlink

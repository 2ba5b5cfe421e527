// Adds, refreshes and removes our addresses (rtnetlink(7): RTM_NEWADDR, RTM_DELADDR). Shell.
//
// Ours are marked with IFA_PROTO 0x52 ('R'; `ip -details address` shows it). A kernel before 5.18
// ignores the mark: all works but ours(), and what a dead predecessor left expires by itself.
#pragma once

#include <vector>

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

// Every call is one request that the kernel answers within microseconds; but the first put() of an
// IPv6 address waits until the kernel delivers to it, 5 ms at most. Errors name the address,
// the interface and the kernel's reason; without CAP_NET_ADMIN all but open() and ours() fail.
class AddressManager {
 public:
  [[nodiscard]] static Result<AddressManager> open();

  // Adds the address, or restarts its clock when it is there: the kernel removes it `lifetime`
  // (1 s or more, at most 0.5 s late) after the last put(). No prefix route comes with it: the
  // subnet's route belongs to the node's own address. Somebody else's equal address becomes ours,
  // lifetime included, and remove() will then remove it. An IPv6 address is usable at once (no
  // DAD), is deprecated, so that nothing of this host is sent from it unasked, and takes the place
  // of the same address with another length, since an interface has it only once.
  [[nodiscard]] Result<void> put(int ifindex, IpPrefix address, Seconds lifetime);

  // Absent already, even with its interface, is success. With the first (primary) address of a
  // subnet the kernel deletes the others, unless net.ipv4.conf.*.promote_secondaries is 1.
  [[nodiscard]] Result<void> remove(int ifindex, IpPrefix address);

  // What carries our mark on this interface, leftovers of a dead predecessor included; sorted.
  [[nodiscard]] Result<std::vector<IpPrefix>> ours(int ifindex);

 private:
  // Whether the IPv6 address is not there, or no longer, because it had another length.
  [[nodiscard]] Result<bool> clear_place(int ifindex, IpPrefix address);
  // The kernel adds an IPv6 address at once, and what makes it deliver to it a moment later, in a
  // worker of its own. A client that came in between would wait a second for its second SYN.
  void await_delivery(int ifindex, IpAddress address);

  explicit AddressManager(NetlinkSocket socket) : socket_{std::move(socket)} {}
  NetlinkSocket socket_;
};

}  // namespace redvip::netlink

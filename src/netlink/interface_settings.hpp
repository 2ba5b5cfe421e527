// An interface's IPv4 settings, those of /proc/sys/net/ipv4/conf/<name>/ (ip-sysctl.rst), through
// rtnetlink(7): RTM_SETLINK with IFLA_AF_SPEC, AF_INET, IFLA_INET_CONF. Needs CAP_NET_ADMIN only,
// and so works where /proc/sys is read-only (systemd's ProtectKernelTunables=). Shell.
#pragma once

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {

// IPV4_DEVCONF_* of linux/ip.h. What the kernel goes by is, with the value of `conf/all`, the
// greater one (rp_filter, arp_announce, arp_ignore) or whether either is not 0 (the others).
enum class Ipv4Setting : int {
  rp_filter = 8,             // 0 off, 1 strict, 2 loose: does the source's route lead back
  arp_filter = 13,           // 1: answers ARP only where the route to the asker goes out
  arp_announce = 18,         // 2: an address is no ARP sender towards whom another suits better
  arp_ignore = 19,           // 1: answers ARP only for addresses of the interface asked
  promote_secondaries = 20,  // 1: a primary address that goes does not take the others along
  accept_local = 23,         // 1: packets from one of our own addresses are delivered
};
[[nodiscard]] const char* name(Ipv4Setting setting);  // as in /proc/sys

// Every call is one request that the kernel answers within microseconds. Errors name the setting,
// the interface and the kernel's reason.
class InterfaceSettings {
 public:
  [[nodiscard]] static Result<InterfaceSettings> open();

  // The interface's own value; that of `conf/all` is another matter.
  [[nodiscard]] Result<int> get(int ifindex, Ipv4Setting setting);
  [[nodiscard]] Result<void> set(int ifindex, Ipv4Setting setting, int value);

 private:
  explicit InterfaceSettings(NetlinkSocket socket) : socket_{std::move(socket)} {}
  NetlinkSocket socket_;
};

}  // namespace redvip::netlink

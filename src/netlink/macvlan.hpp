// The virtual router's own MAC address, on a macvlan of the service's interface (RFC 9568 section
// 7.3; vrrp.md 6.2). Shell.
#pragma once

#include <memory>
#include <string>

#include "netlink/address.hpp"
#include "netlink/nft_table.hpp"

namespace redvip::netlink {

// Bridge mode: whether the macvlan is up or down, advertisements of another owner, whose source is
// this same MAC, reach sockets on the parent, and only those. In private mode they would reach the
// parent while it is down and the macvlan while it is up.
//
// The virtual addresses belong on it. Then it alone answers ARP and neighbour solicitations for
// them; for the parent's own addresses the parent does. What answers a client leaves through the
// parent, where the routes are; announcements and advertisements are what tells a switch where the
// MAC is. The parent's arp_announce has to be 2 (netlink/interface_settings.hpp), or its ARP
// requests for a client draw the address to the parent's MAC.
//
// It makes no address of its own, and when it is brought up it sends nothing by itself but, on a
// host that forwards IPv6, two reports of the all-routers group.
class Macvlan {
 public:
  // Creates "vrrp.<vrid>" or "vrrp6.<vrid>" with virtual_mac(); it stays down. Needs CAP_NET_ADMIN
  // and nf_tables. The parent's arp_ignore is 1 from here on, since it must not answer for another
  // interface's address; the last Macvlan of the parent restores it. One that a dead predecessor
  // left is recognised by its alias and replaced; another interface of that name is an error, as is
  // a parent that can have no macvlan.
  [[nodiscard]] static Result<Macvlan> create(const Nft& nft, const Interface& parent, Vrid vrid, Family family);

  // Up before the addresses are put, down after they were removed: down, it neither takes nor
  // forwards what is sent to the MAC.
  [[nodiscard]] Result<void> up();
  [[nodiscard]] Result<void> down();

  [[nodiscard]] int index() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] Mac mac() const;

 private:
  struct State;
  struct Remove {
    void operator()(State* state) const;  // with its addresses
  };
  using Owned = std::unique_ptr<State, Remove>;
  explicit Macvlan(Owned state) : state_{std::move(state)} {}

  Owned state_;
};

}  // namespace redvip::netlink

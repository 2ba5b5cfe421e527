// What the kernel has, as values, and which of our addresses should change. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace redvip::netlink {

using Mac = std::array<std::uint8_t, 6>;         // in wire order
[[nodiscard]] std::string text(const Mac& mac);  // "02:00:00:aa:bb:cc"
// The virtual router's, 00:00:5e:00:01:{VRID} or 00:00:5e:00:02:{VRID} (RFC 9568 section 7.3).
[[nodiscard]] Mac virtual_mac(Vrid vrid, Family family);

struct Interface {
  int index = 0;  // the kernel's, 1 or more; survives a rename, not a re-creation
  std::string name;
  bool up = false;  // IFF_UP and IFF_RUNNING: enabled, and has carrier
  Mac mac{};        // zeros where the link layer has none of 6 bytes
  // Those that can be sent from, sorted: an IPv6 address that may still turn out to be another's
  // (tentative, RFC 4862) is not here, nor one that has.
  std::vector<IpPrefix> addresses;
  bool operator==(const Interface&) const = default;
  [[nodiscard]] bool has(IpAddress address) const;
  [[nodiscard]] bool has(const IpPrefix& prefix) const;
};

struct Snapshot {
  std::vector<Interface> interfaces;  // sorted by index
  bool operator==(const Snapshot&) const = default;

  // nullptr when there is none. The pointer lives as long as this snapshot is not changed.
  [[nodiscard]] const Interface* by_index(int index) const;
  [[nodiscard]] const Interface* by_name(std::string_view name) const;
  [[nodiscard]] const Interface* by_address(IpAddress address) const;
};

struct AddressPlan {
  std::vector<IpPrefix> add;     // in the order wanted
  std::vector<IpPrefix> remove;  // in the order present
  bool operator==(const AddressPlan&) const = default;
};

// What makes `present` (all addresses of one interface) hold exactly the `wanted` ones of ours.
// `ours` are those that we added, AddressManager::ours(). What is neither wanted nor ours is never
// touched. A wanted address that somebody else added is adopted: it has no lifetime, and without
// one it would outlive us and be announced by two nodes.
[[nodiscard]] AddressPlan plan(const std::vector<IpPrefix>& wanted,
                               const std::vector<IpPrefix>& present,
                               const std::vector<IpPrefix>& ours);

// The kernel lifetime of a VIP that is refreshed with every advertisement: max(1, floor(3 AI -
// 0.5)) whole seconds. A peer takes over 3 AI + skew after our last advertisement, and the kernel
// expires an address up to half a second late (measured, vrrp.md 6.5), so that from an interval of
// 0.5 s on a frozen node's VIP is gone before its successor's appears. Below that 1 s is the
// shortest.
[[nodiscard]] Seconds vip_lifetime(Centiseconds advert_interval);

}  // namespace redvip::netlink

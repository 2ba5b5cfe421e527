// What the kernel has, as values, and which of our addresses should change. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace redvip::netlink {

using Mac = std::array<std::uint8_t, 6>;  // in wire order

struct Interface {
  int index = 0;  // the kernel's, 1 or more; survives a rename, not a re-creation
  std::string name;
  bool up = false;                    // IFF_UP and IFF_RUNNING: enabled, and has carrier
  Mac mac{};                          // zeros where the link layer has none of 6 bytes
  std::vector<Ipv4Prefix> addresses;  // sorted
  bool operator==(const Interface&) const = default;
};

struct Snapshot {
  std::vector<Interface> interfaces;  // sorted by index
  bool operator==(const Snapshot&) const = default;

  // nullptr when there is none. The pointer lives as long as this snapshot is not changed.
  [[nodiscard]] const Interface* by_index(int index) const;
  [[nodiscard]] const Interface* by_name(std::string_view name) const;
  [[nodiscard]] const Interface* by_address(Ipv4 address) const;
};

struct AddressPlan {
  std::vector<Ipv4Prefix> add;     // in the order wanted
  std::vector<Ipv4Prefix> remove;  // in the order present
  bool operator==(const AddressPlan&) const = default;
};

// What makes `present` (all addresses of one interface) hold exactly the `wanted` ones of ours.
// `ours` are those that we added, AddressManager::ours(). What is neither wanted nor ours is never
// touched. A wanted address that somebody else added is adopted: it has no lifetime, and without
// one it would outlive us and be announced by two nodes.
[[nodiscard]] AddressPlan plan(const std::vector<Ipv4Prefix>& wanted,
                               const std::vector<Ipv4Prefix>& present,
                               const std::vector<Ipv4Prefix>& ours);

// The kernel lifetime of a VIP that is refreshed with every advertisement: max(1, floor(3 AI -
// 0.5)) whole seconds. A peer takes over 3 AI + skew after our last advertisement, and the kernel
// expires an address up to half a second late (measured, vrrp.md 6.5), so that from an interval of
// 0.5 s on a frozen node's VIP is gone before its successor's appears. Below that 1 s is the
// shortest.
[[nodiscard]] Seconds vip_lifetime(Centiseconds advert_interval);

}  // namespace redvip::netlink

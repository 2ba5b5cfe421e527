// What this host's kernel does with a virtual address that it should not (libnftables). Shell.
//
// Accept_Mode False (RFC 9568 section 6.4.3): what is sent to the address is for the network behind
// it, and is not delivered here; ARP and neighbour discovery go on.
//
// Neighbour solicitations: for what it sends from a virtual address the kernel asks for its
// neighbours from that address, too, and names its MAC, from which those learn where the address
// is. An old owner that has not yet heard of its successor would draw the address to itself that
// way. For ARP there is arp_announce; for IPv6 the source of such a question is rewritten.
#pragma once

#include <optional>
#include <vector>

#include "core/types.hpp"
#include "netlink/nft_table.hpp"

namespace redvip::netlink {

struct VipRules {
  std::vector<IpAddress> vips;
  bool accept = true;  // false: only ARP and neighbour discovery reach them
  // An IPv6 address of the interface that has the VIPs, and none of them; link-local will do. None:
  // solicitations are left alone.
  std::optional<IpAddress> solicit_from;
  bool operator==(const VipRules&) const = default;
};

// Every call is synchronous, and takes as long as those of netlink/client_gate.hpp.
class VipFilter {
 public:
  // The first of `nft` tries all rules once, for nobody, so that an error here says beforehand what
  // will be missing: netlink/client_gate.hpp. The table is `inet redvip_vip_<service>`; it belongs
  // to this process.
  [[nodiscard]] static Result<VipFilter> open(const Nft& nft, const std::string& service);

  // These rules take the place of those before, all at once. An error leaves them as they were.
  [[nodiscard]] Result<void> put(const VipRules& rules);

 private:
  explicit VipFilter(NftTable table) : table_{std::move(table)} {}

  NftTable table_;
  VipRules rules_;
};

}  // namespace redvip::netlink

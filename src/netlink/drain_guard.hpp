// Lets a replica on this host read a dead master's last bytes to the end (libnftables). Shell.
//
// Redis acknowledges its stream once a second (REPLCONF ACK). Such bytes reach a socket whose
// process is gone, so the dead master's kernel answers with a reset and throws away what it has not
// sent yet; the next acknowledgement then fails, and the replica throws away what it has not read
// yet. And a replica that has read everything reconnects at once: a master that was restarted empty
// would empty it. While the guard is up, this host sends no payload and no SYN to master:port.
// TCP's own acknowledgements still pass, so that the dead master's kernel goes on sending; FIN and
// RST do, too, since they come when the link is at its end.
//
// Not only the link's local port is guarded. It costs a dump to learn it, the link may already be
// gone from inet_diag with bytes still to read, and a connection that a restarted master accepted
// just before the guard went up has another one: its handshake must not get through either. So no
// program of this host reaches that one endpoint meanwhile, this daemon included.
#pragma once

#include <optional>
#include <string>

#include "core/types.hpp"
#include "netlink/nft_table.hpp"

namespace redvip::netlink {

// Every call is synchronous. Measured: raise 0.3 to 0.5 ms, lift 0.2 to 0.4 ms, twice that beside
// 9,000 foreign rules. Opening and destroying may wait for the kernel's RCU, up to 30 ms.
class DrainGuard {
 public:
  // The first of `nft` is raised and lifted once, towards nowhere, so that an error here says
  // beforehand what a drain will do without: CAP_NET_ADMIN, nf_tables, or table owners (Linux 5.12)
  // are missing, or another process has a guard for the same service in this network namespace.
  // `service` may be any text; the table is `inet redvip_drain_<service>`. It belongs to this
  // process: the kernel removes it when the process ends, however it ends.
  [[nodiscard]] static Result<DrainGuard> open(const Nft& nft, const std::string& service);

  // Raise it less than a second after the master's death: the first acknowledgement does the harm.
  // Lift it after the promotion: what was held back is sent again then, and draws the reset.
  // Raised towards another master, it leaves the first one alone. An error leaves it lifted.
  [[nodiscard]] Result<void> raise(Endpoint master);
  [[nodiscard]] Result<void> lift();  // when it is not raised: does nothing
  [[nodiscard]] bool raised() const { return master_.has_value(); }

 private:
  explicit DrainGuard(NftTable table);

  NftTable table_;
  std::optional<Endpoint> master_;
};

}  // namespace redvip::netlink

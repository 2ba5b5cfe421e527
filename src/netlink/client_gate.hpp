// Refuses the clients of a Redis that must not take their writes, on this host (libnftables).
// Shell.
//
// An owner whose Redis died keeps the virtual address until its successor announces it, since a
// refused client tries again at once, and one at a vanished address waits (docs/decisions/001). A
// supervisor may restart that Redis meanwhile, empty, and it would acknowledge writes that are lost
// a moment later. While the gate is closed, whatever a client sends to virtual address:port is
// answered with a reset, from this host's own programs too, whether Redis listens or not. And
// nothing but a reset leaves from there: a request that Redis already had may still be executed,
// but is not acknowledged. This node's own address, and other ports, are not touched.
//
// A client that only waits for its answer sends nothing that could be refused, and the local end of
// a refused connection stays. So close the gate, then reset (SocketDiag::destroy): that passes, and
// no new connection takes the place of those reset. Who is not reset gets what was held back later.
#pragma once

#include <string>
#include <vector>

#include "core/types.hpp"
#include "netlink/nft_table.hpp"

namespace redvip::netlink {

// Every call is synchronous. Measured (p50): close 0.43 ms, admit 0.22 ms; now and then up to 6 ms.
// Opening and destroying may wait for the kernel's RCU, up to 30 ms.
class ClientGate {
 public:
  // The first of `nft` is closed and opened once, for nobody, so that an error here says beforehand
  // what a failover will do without: CAP_NET_ADMIN, nf_tables with its `reject`, or table owners
  // (Linux 5.12) are missing, or another process has a gate for the same service in this network
  // namespace. `service` may be any text; the table is `inet redvip_gate_<service>`. It belongs to
  // this process: the kernel removes it when the process ends, however it ends.
  [[nodiscard]] static Result<ClientGate> open(const Nft& nft, const std::string& service);

  // `clients`: each virtual address with Redis's port. Replaces what was closed before without
  // letting anything through in between; an error leaves the gate as it was.
  [[nodiscard]] Result<void> close(const std::vector<Endpoint>& clients);
  [[nodiscard]] Result<void> admit();  // when it is not closed: does nothing
  [[nodiscard]] bool closed() const { return !refused_.empty(); }

 private:
  explicit ClientGate(NftTable table);

  NftTable table_;
  std::vector<Endpoint> refused_;
};

}  // namespace redvip::netlink

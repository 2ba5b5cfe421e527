// One service's presence on its network: advertisements, virtual addresses and who else claims
// them, client connections. It does what it is told and reports what it hears, as events; it
// decides nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/event.hpp"
#include "core/site.hpp"
#include "daemon/adverts.hpp"
#include "daemon/complaints.hpp"
#include "daemon/kernel.hpp"
#include "daemon/log.hpp"
#include "daemon/virtual_ips.hpp"
#include "netlink/client_gate.hpp"
#include "netlink/drain_guard.hpp"
#include "netlink/monitor.hpp"

namespace redvip::daemon {

class Lan {
 public:
  using Deliver = Adverts::Deliver;

  // `site` and `tally` must outlive it.
  Lan(Kernel& kernel, const Log& log, const Site& site, ServiceTally& tally, Deliver deliver,
      Adverts::OwnPriority own_priority);

  // The kernel's interfaces or addresses changed: InterfaceChanged, VipsMissing.
  void changed(const netlink::Snapshot& snapshot);
  // The service's configuration is another now; `before` is what it was.
  void reconfigured(const ServiceConfig& before);
  // What a predecessor left: whether it is there, and the end of it.
  [[nodiscard]] bool has_leftovers() { return vips_.left_by_predecessor(); }
  void clean_leftovers();
  // The addresses stay for a successor of this process.
  [[nodiscard]] Result<void> leave_addresses(Seconds lifetime) { return vips_.leave(lifetime); }

  void send_advert(Priority priority) { adverts_.send(priority); }
  void put_vips(bool report);  // adds or refreshes; with `report`, answered by VipsAdded
  void remove_vips() { vips_.remove(); }
  void release_addresses();  // if any are held: the last thing before the process goes
  void probe();              // who else answers for the virtual IPs: StrangerAnswered
  void announce();
  void find_clients();
  void reset_clients();
  void measure_link(Endpoint master);  // answered by LinkMeasured
  void guard_link(Endpoint master);    // netlink/drain_guard.hpp
  void unguard_link();
  void refuse_clients();  // netlink/client_gate.hpp
  void admit_clients();

  void complain(const Error& error) { complaints_.say(error); }
  void forget_complaints() { complaints_.forget(); }

 private:
  void reset_clients_of(Endpoint clients);
  void open_sockets();
  void listen();
  void prepare_interface();
  [[nodiscard]] bool forwards_ipv6() const;
  void claimed(const netlink::Claim& claim);

  Kernel& kernel_;
  const Site& site_;
  ServiceTally& tally_;
  Deliver deliver_;
  Complaints complaints_;
  Adverts adverts_;
  VirtualIps vips_;
  std::unique_ptr<netlink::NeighbourHub::Ear> neighbours_;
  netlink::Interface interface_;  // as last seen; index 0: not there
  // A node's own, which claimed an address last: its kernel answers each announcement of a burst.
  std::optional<netlink::Mac> claimant_;
  Instant claimant_known_at_{};
  // None where the kernel or our rights do not allow it.
  std::optional<netlink::DrainGuard> guard_;
  std::optional<netlink::ClientGate> gate_;
};

}  // namespace redvip::daemon

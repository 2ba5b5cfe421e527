// The virtual IPs of one service on this host, and what comes and goes with them: their kernel
// lifetime, the macvlan that carries them when vmac, the routes. It decides nothing.
#pragma once

#include <functional>
#include <optional>

#include "core/site.hpp"
#include "daemon/kernel.hpp"
#include "daemon/log.hpp"
#include "netlink/macvlan.hpp"
#include "netlink/vip_filter.hpp"

namespace redvip::daemon {

class VirtualIps {
 public:
  using Complain = std::function<void(const Error&)>;

  // All must outlive it.
  VirtualIps(Kernel& kernel, const Log& log, const Site& site, Complain complain);

  // The service's interface as it is now, which index 0 says is not there.
  void attach(const netlink::Interface& parent);
  // A predecessor left all of them, and the kernel has not taken them away yet.
  [[nodiscard]] bool left_by_predecessor();
  // Removes what a predecessor left, for which `reset_clients` is asked first.
  void clean_leftovers(const std::function<void(IpAddress)>& reset_clients);

  [[nodiscard]] Result<void> put();  // adds them, or restarts their lifetime
  // Those that are held stay for so long, whatever becomes of us. Not with a macvlan, which goes.
  [[nodiscard]] Result<void> leave(Seconds lifetime);
  void remove();
  // Another configuration: removes what only the old one had, if anything is held.
  void reconfigured(const ServiceConfig& before,
                    const std::function<void(IpAddress)>& reset_clients);

  [[nodiscard]] bool held() const { return held_; }
  [[nodiscard]] bool complete(const netlink::Snapshot& snapshot) const;
  [[nodiscard]] bool has(IpAddress address) const;
  // From which they are announced.
  [[nodiscard]] netlink::Mac mac() const;
  [[nodiscard]] const std::optional<netlink::Macvlan>& macvlan() const { return macvlan_; }

 private:
  void filter();
  [[nodiscard]] int device() const { return macvlan_ ? macvlan_->index() : parent_.index; }
  [[nodiscard]] int device_of(const Route& route) const;
  void remove_routes(const std::vector<Route>& routes);
  void remove_address(const IpPrefix& vip);

  Kernel& kernel_;
  const Log& log_;
  const Site& site_;
  Complain complain_;
  netlink::Interface parent_;          // without its addresses, which are those of all services
  std::vector<IpAddress> link_local_;  // of IPv6, among them
  std::vector<IpPrefix> there_;        // of our own, among them
  std::optional<netlink::Macvlan> macvlan_;
  std::optional<netlink::VipFilter> filter_;  // opened when it is first needed
  bool held_ = false;
};

}  // namespace redvip::daemon

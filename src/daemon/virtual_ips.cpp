#include "daemon/virtual_ips.hpp"

#include <net/if.h>

#include <algorithm>
#include <iterator>

namespace redvip::daemon {
namespace {

template <class T>
bool among(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

VirtualIps::VirtualIps(Kernel& kernel, const Log& log, const Site& site, Complain complain)
    : kernel_{kernel}, log_{log}, site_{site}, complain_{std::move(complain)} {}

// Where the addresses are on the interface itself, the kernel would look for neighbours from them.
void VirtualIps::filter() {
  netlink::VipRules rules{{}, site_.service.accept, std::nullopt};
  for (const auto& vip : site_.service.virtual_ips) rules.vips.push_back(vip.address);
  const bool ipv6 = site_.has_vip_of(Family::ipv6);
  for (const auto& own : link_local_) {
    if (ipv6 && !site_.service.vmac && !has(own)) rules.solicit_from = own;
  }
  if (rules.accept && !rules.solicit_from && !filter_) return;
  if (!filter_) {
    auto opened = netlink::VipFilter::open(kernel_.nft, site_.service.name);
    if (!opened) return complain_(opened.error());
    filter_.emplace(std::move(*opened));
  }
  if (const auto put = filter_->put(rules); !put) complain_(put.error());
}

void VirtualIps::attach(const netlink::Interface& parent) {
  const bool another = parent.index != parent_.index;
  parent_ = {parent.index, parent.name, parent.up, parent.mac, {}};
  link_local_.clear();
  static const IpPrefix first{IpAddress::parse("fe80::").value(), 0};
  auto own = std::ranges::lower_bound(parent.addresses, first);  // they are sorted
  for (; own != parent.addresses.end() && own->address.link_local(); ++own) {
    link_local_.push_back(own->address);
  }
  there_.clear();
  std::ranges::copy_if(site_.service.virtual_ips, std::back_inserter(there_),
                       [&](const IpPrefix& vip) { return parent.has(vip); });
  if (another) macvlan_.reset();
  filter();
  if (!site_.service.vmac || parent_.index == 0 || macvlan_) return;
  auto macvlan =
      netlink::Macvlan::create(kernel_.nft, parent_, site_.service.vrid, site_.service.family());
  if (!macvlan) return complain_(macvlan.error());
  macvlan_.emplace(std::move(*macvlan));
}

// A VIP that was left would expire by itself, but only when nobody answers for it any more do
// neighbours ask again. Or it has expired, and a Redis that hung meanwhile still has the clients'
// connections and what waits in them.
void VirtualIps::clean_leftovers(const std::function<void(IpAddress)>& reset_clients) {
  const auto ours = kernel_.addresses.ours(parent_.index);
  if (!ours) return complain_(ours.error());
  for (const auto& vip : site_.service.virtual_ips) {
    const bool left = among(*ours, vip);
    if (!left && among(there_, vip)) continue;  // somebody else's
    reset_clients(vip.address);
    if (!left) continue;
    log_.info(site_.service.name + ": removing " + vip.text() + ", left by an earlier redvip");
    remove_address(vip);
  }
}

Result<void> VirtualIps::put() {
  if (site_.service.vmac && !macvlan_) return failure("there is no macvlan for them");
  const auto lifetime = netlink::vip_lifetime(site_.service.advert_interval);
  held_ = true;
  if (macvlan_) {
    if (auto up = macvlan_->up(); !up) return up;
  }
  for (const auto& vip : site_.service.virtual_ips) {
    if (auto put = kernel_.addresses.put(device(), vip, lifetime); !put) return put;
  }
  // A route is no reason to be without the address.
  for (const auto& route : site_.service.routes) {
    const auto put = kernel_.routes.put(device_of(route), route);
    if (!put) complain_(put.error());
  }
  return {};
}

bool VirtualIps::left_by_predecessor() {
  const auto ours = kernel_.addresses.ours(parent_.index);
  const auto& vips = site_.service.virtual_ips;
  return ours && !held_ && std::all_of(vips.begin(), vips.end(), [&](const IpPrefix& vip) {
           return among(*ours, vip);
         });
}

Result<void> VirtualIps::leave(Seconds lifetime) {
  if (macvlan_) return failure("they are on a macvlan");
  for (const auto& vip : site_.service.virtual_ips) {
    if (auto put = kernel_.addresses.put(device(), vip, lifetime); !put) return put;
  }
  held_ = false;
  return {};
}

void VirtualIps::remove() {
  held_ = false;
  remove_routes(site_.service.routes);
  for (const auto& vip : site_.service.virtual_ips) remove_address(vip);
  if (!macvlan_) return;
  if (const auto down = macvlan_->down(); !down) complain_(down.error());
}

void VirtualIps::remove_address(const IpPrefix& vip) {
  const auto removed = kernel_.addresses.remove(device(), vip);
  if (!removed) complain_(removed.error());
}

void VirtualIps::remove_routes(const std::vector<Route>& routes) {
  for (const auto& route : routes) {
    const auto removed = kernel_.routes.remove(device_of(route), route);
    if (!removed) complain_(removed.error());
  }
}

void VirtualIps::reconfigured(const ServiceConfig& before,
                              const std::function<void(IpAddress)>& reset_clients) {
  filter();
  if (!held_) return;
  const auto& now = site_.service;
  std::vector<Route> dropped;
  for (const auto& route : before.routes) {
    if (!among(now.routes, route)) dropped.push_back(route);
  }
  remove_routes(dropped);
  for (const auto& vip : before.virtual_ips) {
    if (among(now.virtual_ips, vip)) continue;
    reset_clients(vip.address);
    remove_address(vip);
  }
}

bool VirtualIps::complete(const netlink::Snapshot& snapshot) const {
  const auto* carrier = snapshot.by_index(device());
  const auto& vips = site_.service.virtual_ips;
  return carrier && std::all_of(vips.begin(), vips.end(),
                                [&](const IpPrefix& vip) { return carrier->has(vip); });
}

bool VirtualIps::has(IpAddress address) const {
  const auto& vips = site_.service.virtual_ips;
  return std::any_of(vips.begin(), vips.end(),
                     [&](const IpPrefix& vip) { return vip.address == address; });
}

netlink::Mac VirtualIps::mac() const {
  return macvlan_ ? macvlan_->mac() : parent_.mac;
}

int VirtualIps::device_of(const Route& route) const {
  if (route.interface.empty()) return parent_.index;
  return static_cast<int>(::if_nametoindex(route.interface.c_str()));  // 0: there is none
}

}  // namespace redvip::daemon

#include "daemon/lan.hpp"

#include <fstream>

#include "daemon/clock.hpp"

namespace redvip::daemon {

Lan::Lan(Kernel& kernel, const Log& log, const Site& site, ServiceTally& tally, Deliver deliver,
         Adverts::OwnPriority own_priority)
    : kernel_{kernel},
      site_{site},
      tally_{tally},
      deliver_{std::move(deliver)},
      complaints_{log, site.service.name},
      adverts_{kernel.receivers, site, complaints_, tally, deliver_, std::move(own_priority)},
      vips_{kernel, log, site, [this](const Error& error) { complain(error); }} {
  auto gate = netlink::ClientGate::open(kernel.nft, site.service.name);
  if (gate) {
    gate_.emplace(std::move(*gate));
  } else {
    log.warning(site.service.name +
                ": clients of a Redis that restarts while its address moves "
                "cannot be refused: " +
                gate.error().text());
  }
  auto guard = netlink::DrainGuard::open(kernel.nft, site.service.name);
  if (guard) {
    guard_.emplace(std::move(*guard));
  } else {
    log.warning(site.service.name +
                ": a dead master's last bytes will be read unguarded, so that a "
                "replica more than a second behind may lose some: " +
                guard.error().text());
  }
}

void Lan::put_vips(bool report) {
  const auto put = vips_.put();
  if (report) {
    deliver_(event::VipsAdded{put ? std::nullopt : std::optional{put.error()}});
  } else if (!put) {
    complain(put.error());
  }
}

void Lan::announce() {
  if (!neighbours_) return;
  const bool router = site_.has_vip_of(Family::ipv6) && forwards_ipv6();
  for (int i = 0; i < site_.service.garp.repeat; ++i) {
    for (const auto& vip : site_.service.virtual_ips) {
      const auto sent = neighbours_->announce(vips_.mac(), vip.address, router);
      if (!sent) return complain(sent.error());
      ++tally_.announcements;
    }
  }
}

// As the kernel says of itself in its own advertisements (RFC 4861 section 4.4, the R flag).
bool Lan::forwards_ipv6() const {
  std::ifstream setting{"/proc/sys/net/ipv6/conf/" + interface_.name + "/forwarding"};
  int forwarding = 0;
  return setting >> forwarding && forwarding != 0;
}

void Lan::probe() {
  if (!neighbours_) return;
  for (const auto& vip : site_.service.virtual_ips) {
    if (const auto sent = neighbours_->probe(vip.address); !sent) return complain(sent.error());
  }
}

// Somebody else says that he has one of our addresses. With the virtual router's own MAC it is a
// node; and where a node's MAC is not known it could be that one, which is no stranger.
void Lan::claimed(const netlink::Claim& claim) {
  if (vips_.macvlan() && claim.mac == vips_.mac() && vips_.held()) return;
  deliver_(event::AddressClaimed{});
  const auto family = claim.address.family();
  if (claim.mac == netlink::virtual_mac(site_.service.vrid, family)) return;
  if (claim.mac == claimant_ && now() - claimant_known_at_ < Seconds{1}) return;
  for (NodeIndex node = 0; node < site_.nodes.size(); ++node) {
    if (node == site_.self) continue;
    const auto mac = kernel_.neighbours.find(interface_.index, site_.nodes[node].address);
    if (!mac) return complain(mac.error());
    if (!*mac) return;
    if (**mac == claim.mac) {
      claimant_ = claim.mac;
      claimant_known_at_ = now();
      return;
    }
  }
  deliver_(event::StrangerAnswered{claim.address, netlink::text(claim.mac)});
}

void Lan::find_clients() {
  for (const auto& clients : site_.client_endpoints()) {
    if (const auto found = kernel_.sockets.find_clients(clients); !found) complain(found.error());
  }
}

void Lan::reset_clients() {
  for (const auto& clients : site_.client_endpoints()) reset_clients_of(clients);
}

void Lan::reset_clients_of(Endpoint clients) {
  const auto reset = kernel_.sockets.destroy(clients);
  if (!reset) complain(reset.error());
}

void Lan::changed(const netlink::Snapshot& snapshot) {
  const auto source = site_.vrrp_address(site_.self);
  const auto* seen = snapshot.by_name(site_.service.interface);
  const bool addressed = seen && seen->has(source);
  const bool was_up = interface_.up;
  const bool another = !seen || seen->index != interface_.index;
  // Without the addresses, which are those of all services.
  interface_ = seen ? netlink::Interface{seen->index, seen->name, seen->up, seen->mac, {}}
                    : netlink::Interface{};
  if (seen && another) prepare_interface();
  vips_.attach(seen ? *seen : interface_);
  interface_.up = interface_.up && addressed;
  if (another) {
    adverts_.close();
    neighbours_.reset();
  }
  const bool joined = adverts_.is_open();
  if (interface_.up && (!adverts_.is_open() || !neighbours_)) open_sockets();
  if (interface_.up && !was_up && joined) adverts_.rejoin();
  deliver_(event::InterfaceChanged{site_.service.interface, interface_.up});
  for (const auto& track : site_.service.tracks) {
    const auto* tracked = std::get_if<InterfaceTrack>(&track.what);
    if (!tracked) continue;
    const auto* found = snapshot.by_name(tracked->interface);
    deliver_(event::InterfaceChanged{tracked->interface, found && found->up});
  }
  if (vips_.held() && !vips_.complete(snapshot)) deliver_(event::VipsMissing{});
}

// arp_announce: otherwise an old owner that comes back from a cut draws clients to itself, by the
// ARP requests with which it answers them: the virtual IP is their sender. accept_local: otherwise
// an owner whose adverts come from an address that we hold could not be heard (vrrp.md 6.3).
void Lan::prepare_interface() {
  using netlink::Ipv4Setting;
  for (const auto& [setting, value] :
       {std::pair{Ipv4Setting::arp_announce, 2}, std::pair{Ipv4Setting::accept_local, 1}}) {
    const auto set = kernel_.settings.set(interface_.index, setting, value);
    if (!set) complain(set.error());
  }
}

void Lan::open_sockets() {
  std::optional<vrrp::Device> vmac;
  if (vips_.macvlan()) vmac = vrrp::Device{vips_.macvlan()->name(), vips_.macvlan()->index()};
  adverts_.open({interface_.name, interface_.index}, vmac);
  listen();
}

void Lan::listen() {
  std::vector<IpAddress> ours;
  for (const auto& vip : site_.service.virtual_ips) ours.push_back(vip.address);
  auto neighbours = kernel_.neighbour_hub.listen(
      interface_, std::move(ours), [this](const netlink::Claim& claim) { claimed(claim); },
      [this](const Error& error) { complain(error); });
  if (!neighbours) return complain(neighbours.error());
  neighbours_ = std::move(*neighbours);
}

void Lan::reconfigured(const ServiceConfig& before) {
  adverts_.reconfigured();
  vips_.reconfigured(before, [&](IpAddress vip) { reset_clients_of({vip, before.redis.port}); });
  if (neighbours_ && before.virtual_ips != site_.service.virtual_ips) listen();
  const bool ah = site_.service.auth.type == Authentication::Type::ah;
  if (ah == (before.auth.type == Authentication::Type::ah) || !interface_.up) return;
  adverts_.close();
  open_sockets();
}

void Lan::clean_leftovers() {
  vips_.clean_leftovers([this](IpAddress vip) {
    reset_clients_of({vip, site_.service.redis.port});
  });
}

void Lan::release_addresses() {
  if (!vips_.held()) return;
  reset_clients();
  vips_.remove();
}

void Lan::measure_link(Endpoint master) {
  const auto unread = kernel_.sockets.unread(master);
  if (!unread) return complain(unread.error());
  deliver_(event::LinkMeasured{*unread});
}

void Lan::guard_link(Endpoint master) {
  if (!guard_) return;
  if (const auto raised = guard_->raise(master); !raised) complain(raised.error());
}

void Lan::unguard_link() {
  if (!guard_) return;
  if (const auto lifted = guard_->lift(); !lifted) complain(lifted.error());
}

void Lan::refuse_clients() {
  if (!gate_) return;
  if (const auto closed = gate_->close(site_.client_endpoints()); !closed) complain(closed.error());
}

void Lan::admit_clients() {
  if (!gate_) return;
  if (const auto admitted = gate_->admit(); !admitted) complain(admitted.error());
}

}  // namespace redvip::daemon

#include "daemon/lan.hpp"

#include <algorithm>

namespace redvip::daemon {

Lan::Lan(boost::asio::io_context& io, Kernel& kernel, const Log& log, const Site& site,
         Deliver deliver)
    : io_{io}, kernel_{kernel}, log_{log}, site_{site}, deliver_{std::move(deliver)} {
  auto gate = netlink::ClientGate::open(site.service.name);
  if (gate) {
    gate_.emplace(std::move(*gate));
  } else {
    log_.warning(site.service.name +
                 ": clients of a Redis that restarts while its address moves "
                 "cannot be refused: " +
                 gate.error().text());
  }
  auto guard = netlink::DrainGuard::open(site.service.name);
  if (guard) {
    guard_.emplace(std::move(*guard));
  } else {
    log_.warning(site.service.name +
                 ": a dead master's last bytes will be read unguarded, so that a "
                 "replica more than a second behind may lose some: " +
                 guard.error().text());
  }
}

void Lan::send_advert(Priority priority) {
  if (!vrrp_) return;
  const auto& service = site_.service;
  vrrp::Advertisement advertisement{service.vrid, priority, service.advert_interval, {}};
  for (const auto& vip : service.virtual_ips) advertisement.addresses.push_back(vip.address);
  const auto send_to = [&](Ipv4 destination) {
    const auto sent = vrrp_->send(vrrp::encode(advertisement, self(), destination), destination);
    if (!sent) complain(sent.error());
  };
  if (!service.unicast) return send_to(vrrp::multicast_group);
  for (const auto peer : expectation().peers) send_to(peer);
}

vrrp::Expectation Lan::expectation() const {
  const auto& service = site_.service;
  vrrp::Expectation expected{service.vrid, {}, service.advert_interval,
                             self(),       {}, service.unicast};
  for (const auto& vip : service.virtual_ips) expected.addresses.push_back(vip.address);
  for (const auto node : service.nodes) {
    if (node != site_.self) expected.peers.push_back(site_.nodes[node].address);
  }
  return expected;
}

void Lan::packet(std::span<const std::uint8_t> bytes) {
  const auto outcome = vrrp::receive(bytes, expectation());
  counters_.count(outcome);
  if (!outcome) {
    // Other virtual routers on the link are normal; what is about ours is said once per reason.
    if (outcome.error() > vrrp::Reject::vrid) {
      complain(
          {"an advertisement for our VRID was dropped: " + std::string{vrrp::name(outcome.error())},
           site_.service.interface});
    }
    return;
  }
  const auto from = site_.node_at(outcome->source);
  if (!from) return;
  if (outcome->addresses_differ) {
    complain({site_.name(*from) + " advertises other virtual_ips than configured here", ""});
  }
  deliver_(event::AdvertHeard{*from, outcome->source, outcome->advertisement.priority,
                              outcome->advertisement.max_advert_interval});
}

void Lan::put_vips(bool report) {
  const auto lifetime = netlink::vip_lifetime(site_.service.advert_interval);
  std::optional<Error> error;
  for (const auto& vip : site_.service.virtual_ips) {
    const auto put = kernel_.addresses.put(interface_.index, vip, lifetime);
    if (!put && !error) error = put.error();
  }
  holding_vips_ = true;
  if (report) {
    deliver_(event::VipsAdded{error});
  } else if (error) {
    complain(*error);
  }
}

void Lan::remove_vips() {
  holding_vips_ = false;
  for (const auto& vip : site_.service.virtual_ips) {
    const auto removed = kernel_.addresses.remove(interface_.index, vip);
    if (!removed) complain(removed.error());
  }
}

void Lan::announce() {
  if (!arp_) return;
  for (int i = 0; i < site_.service.garp.repeat; ++i) {
    for (const auto& vip : site_.service.virtual_ips) {
      const auto sent = arp_->announce(interface_.mac, vip.address);
      if (!sent) return complain(sent.error());
    }
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
  const auto* seen = snapshot.by_name(site_.service.interface);
  const bool addressed =
      seen && std::any_of(seen->addresses.begin(), seen->addresses.end(),
                          [&](const Ipv4Prefix& address) { return address.address == self(); });
  const bool was_up = interface_.up;
  const bool recreated = seen && seen->index != interface_.index;
  interface_ = seen ? *seen : netlink::Interface{};
  interface_.up = interface_.up && addressed;
  if (recreated || !seen) {
    vrrp_.reset();
    arp_.reset();
  }
  if (interface_.up && (!vrrp_ || !arp_)) open_sockets();
  if (interface_.up && !was_up && vrrp_) {
    const auto joined = vrrp_->rejoin();
    if (!joined) complain(joined.error());
  }
  deliver_(event::InterfaceChanged{site_.service.interface, interface_.up});
  for (const auto& track : site_.service.tracks) {
    const auto* tracked = snapshot.by_name(track.interface);
    deliver_(event::InterfaceChanged{track.interface, tracked && tracked->up});
  }
  const bool complete =
      std::all_of(site_.service.virtual_ips.begin(), site_.service.virtual_ips.end(),
                  [&](const Ipv4Prefix& vip) {
                    return std::find(interface_.addresses.begin(), interface_.addresses.end(),
                                     vip) != interface_.addresses.end();
                  });
  if (holding_vips_ && !complete) deliver_(event::VipsMissing{});
}

void Lan::open_sockets() {
  auto socket =
      vrrp::Socket::open(io_, {interface_.name, interface_.index, self(), site_.service.unicast},
                         [this](std::span<const std::uint8_t> bytes) { packet(bytes); });
  if (!socket) return complain(socket.error());
  vrrp_ = std::move(*socket);
  auto arp = netlink::ArpSocket::open(
      io_, interface_,
      [this](const netlink::ArpAnnouncement& heard) {
        const auto& vips = site_.service.virtual_ips;
        if (std::any_of(vips.begin(), vips.end(),
                        [&](const Ipv4Prefix& vip) { return vip.address == heard.sender_ip; })) {
          deliver_(event::AddressClaimed{});
        }
      },
      [this](const Error& error) { complain(error); });
  if (!arp) return complain(arp.error());
  arp_.emplace(std::move(*arp));
}

// A predecessor that was killed has left its VIP; it would expire by itself, but only when nobody
// answers for it any more do neighbours ask again. Or it has expired, and a Redis that hung
// meanwhile still has the clients' connections and what waits in them.
void Lan::clean_leftovers() {
  const auto ours = kernel_.addresses.ours(interface_.index);
  if (!ours) return complain(ours.error());
  const auto among = [](const std::vector<Ipv4Prefix>& addresses, const Ipv4Prefix& vip) {
    return std::find(addresses.begin(), addresses.end(), vip) != addresses.end();
  };
  for (const auto& vip : site_.service.virtual_ips) {
    const bool left = among(*ours, vip);
    if (!left && among(interface_.addresses, vip)) continue;  // somebody else's
    reset_clients_of({vip.address, site_.service.redis.port});
    if (!left) continue;
    log_.info(site_.service.name + ": removing " + vip.text() + ", left by an earlier redvip");
    const auto removed = kernel_.addresses.remove(interface_.index, vip);
    if (!removed) complain(removed.error());
  }
}

void Lan::release_addresses() {
  if (!holding_vips_) return;
  reset_clients();
  remove_vips();
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

// The same trouble every 100 ms is one line, not a flood.
void Lan::complain(const Error& error) {
  if (error.text() == last_complaint_) return;
  last_complaint_ = error.text();
  log_.warning(site_.service.name + ": " + error.text());
}

}  // namespace redvip::daemon

#include "daemon/adverts.hpp"

#include "daemon/clock.hpp"
#include "vrrp/transmit.hpp"

namespace redvip::daemon {
namespace {

// The parser has seen to it that the password fits.
vrrp::Authentication authentication(const ServiceConfig& service) {
  using Type = Authentication::Type;
  const auto& auth = service.auth;
  switch (auth.type) {
    case Type::none:
      return vrrp::NoAuthentication{};
    case Type::pass:
      return vrrp::PasswordAuthentication{vrrp::make_password(auth.password).value()};
    case Type::ah:
      return vrrp::AhAuthentication{vrrp::make_password(auth.password).value()};
    case Type::hmac:
      return vrrp::HmacAuthentication{{{1, {auth.password.begin(), auth.password.end()}}}, 1};
  }
  return vrrp::NoAuthentication{};
}

vrrp::ChecksumForm checksum_form(Checksum checksum) {
  return checksum == Checksum::rfc9568 ? vrrp::ChecksumForm::message_only
                                       : vrrp::ChecksumForm::pseudo_header;
}

}  // namespace

vrrp::Expectation expectation(const Site& site) {
  const auto& service = site.service;
  vrrp::Expectation expected{service.version,
                             service.vrid,
                             {},
                             service.advert_interval,
                             Priority::of(100),
                             site.vrrp_address(site.self),
                             {}};
  expected.any_source = service.any_source;
  expected.unicast = service.unicast;
  expected.strict = service.strict;
  if (service.strict) expected.only_form = checksum_form(service.checksum);
  expected.authentication = authentication(service);
  for (const auto& vip : service.virtual_ips) {
    if (vip.address.family() == service.family()) expected.addresses.push_back(vip.address);
  }
  for (const auto node : service.nodes) {
    if (node != site.self) expected.peers.push_back(site.vrrp_address(node));
  }
  return expected;
}

Adverts::Adverts(vrrp::Receivers& receivers, const Site& site, Complaints& complaints,
                 ServiceTally& tally, Deliver deliver, OwnPriority own_priority)
    : receivers_{receivers},
      site_{site},
      complaints_{complaints},
      tally_{tally},
      deliver_{std::move(deliver)},
      own_priority_{std::move(own_priority)},
      expected_{expectation(site)} {}

void Adverts::reconfigured() {
  expected_ = expectation(site_);
}

void Adverts::open(const vrrp::Device& interface, const std::optional<vrrp::Device>& vmac) {
  const auto& service = site_.service;
  const bool ah = service.auth.type == Authentication::Type::ah;
  auto socket = vrrp::Socket::open(
      receivers_, {interface, expected_.self, service.unicast, ah, vmac}, service.vrid,
      [this](const vrrp::Datagram& datagram) { packet(datagram); });
  if (!socket) return complaints_.say(socket.error());
  socket_ = std::move(*socket);
}

void Adverts::rejoin() {
  if (!socket_) return;
  if (const auto joined = socket_->rejoin(); !joined) complaints_.say(joined.error());
}

void Adverts::send(Priority priority) {
  if (!socket_) return;
  const auto& service = site_.service;
  const vrrp::Advertisement advertisement{service.version, service.vrid, priority,
                                          service.advert_interval, expected_.addresses};
  vrrp::Wire wire{expected_.self, {}, checksum_form(service.checksum), expected_.authentication};
  wire.sequence = sequence_numbers_.next(wire.authentication, wall_now());
  const auto send_to = [&](IpAddress destination) {
    wire.destination = destination;
    const auto sent = socket_->send(vrrp::encode(advertisement, wire), destination);
    if (!sent) return complaints_.say(sent.error());
    ++tally_.adverts_sent;
  };
  if (!service.unicast) return send_to(vrrp::multicast_group(service.family()));
  for (const auto peer : expected_.peers) send_to(peer);
}

void Adverts::packet(const vrrp::Datagram& datagram) {
  expected_.priority = own_priority_();
  const auto outcome = vrrp::receive(datagram, expected_, sequence_numbers_, wall_now());
  tally_.adverts.count(outcome);
  if (!outcome) return refused(outcome.error());
  const auto from = site_.node_advertising_from(outcome->source);
  compare(*outcome, from ? site_.name(*from) : outcome->source.text());
  const auto& heard = outcome->advertisement;
  if (from) {
    deliver_(event::AdvertHeard{*from, outcome->source, heard.priority, heard.max_advert_interval});
  } else {
    deliver_(event::ForeignAdvertHeard{outcome->source, heard.priority, heard.max_advert_interval});
  }
}

// Other virtual routers on the link are normal; what is about ours is said once per reason.
void Adverts::refused(const vrrp::Rejected& rejected) {
  if (rejected.reason <= vrrp::Reject::vrid) return;
  const std::string reason{vrrp::name(rejected.reason)};
  const auto from = site_.node_advertising_from(rejected.source);
  complaints_.say("dropped " + reason, "an advertisement for our VRID from " +
                                           (from ? site_.name(*from) : rejected.source.text()) +
                                           " was dropped: " + reason +
                                           (rejected.detail.empty() ? "" : ", " + rejected.detail) +
                                           "; more of these are only counted");
}

void Adverts::compare(const vrrp::Received& received, const std::string& sender) {
  auto text = received.disagreement;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (received.duplicate_owner) {
    add("has priority 255, the address owner's, as this node has");
  } else if (received.same_priority && received.advertisement.priority.value() > 0) {
    add("has the same priority as this node, " +
        std::to_string(received.advertisement.priority.value()));
  }
  if (!text.empty()) complaints_.say({sender + " " + text, ""});
}

}  // namespace redvip::daemon

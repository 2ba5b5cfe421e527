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

Adverts::Adverts(boost::asio::io_context& io, const Site& site, Complaints& complaints,
                 Deliver deliver, OwnPriority own_priority)
    : io_{io},
      site_{site},
      complaints_{complaints},
      deliver_{std::move(deliver)},
      own_priority_{std::move(own_priority)} {}

void Adverts::open(const vrrp::Device& interface, const std::optional<vrrp::Device>& vmac) {
  const auto& service = site_.service;
  const bool ah = service.auth.type == Authentication::Type::ah;
  auto socket = vrrp::Socket::open(
      io_, {interface, site_.vrrp_address(site_.self), service.unicast, ah, vmac},
      [this](const vrrp::Datagram& datagram) { packet(datagram); });
  if (!socket) return complaints_.say(socket.error());
  socket_ = std::move(*socket);
}

void Adverts::rejoin() {
  if (!socket_) return;
  if (const auto joined = socket_->rejoin(); !joined) complaints_.say(joined.error());
}

std::vector<IpAddress> Adverts::advertised() const {
  std::vector<IpAddress> result;
  for (const auto& vip : site_.service.virtual_ips) {
    if (vip.address.family() == site_.service.family()) result.push_back(vip.address);
  }
  return result;
}

void Adverts::send(Priority priority) {
  if (!socket_) return;
  const auto& service = site_.service;
  const vrrp::Advertisement advertisement{service.version, service.vrid, priority,
                                          service.advert_interval, advertised()};
  vrrp::Wire wire{
      site_.vrrp_address(site_.self), {}, checksum_form(service.checksum), authentication(service)};
  wire.sequence = sequence_numbers_.next(wire.authentication, wall_now());
  const auto send_to = [&](IpAddress destination) {
    wire.destination = destination;
    const auto sent = socket_->send(vrrp::encode(advertisement, wire), destination);
    if (!sent) complaints_.say(sent.error());
  };
  if (!service.unicast) return send_to(vrrp::multicast_group(service.family()));
  for (const auto peer : expectation().peers) send_to(peer);
}

vrrp::Expectation Adverts::expectation() const {
  const auto& service = site_.service;
  vrrp::Expectation expected{service.version,
                             service.vrid,
                             advertised(),
                             service.advert_interval,
                             own_priority_(),
                             site_.vrrp_address(site_.self),
                             {}};
  expected.any_source = service.any_source;
  expected.unicast = service.unicast;
  expected.strict = service.strict;
  if (service.strict) expected.only_form = checksum_form(service.checksum);
  expected.authentication = authentication(service);
  for (const auto node : service.nodes) {
    if (node != site_.self) expected.peers.push_back(site_.vrrp_address(node));
  }
  return expected;
}

void Adverts::packet(const vrrp::Datagram& datagram) {
  const auto outcome = vrrp::receive(datagram, expectation(), sequence_numbers_, wall_now());
  counters_.count(outcome);
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
  auto& told = disagreements_[sender];
  if (told == text || disagreements_.size() > 100) return;
  told = text;
  if (!text.empty()) complaints_.say(sender + text, sender + " " + text);
}

}  // namespace redvip::daemon

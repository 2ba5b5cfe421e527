#include "vrrp/receive.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "vrrp/ah.hpp"
#include "vrrp/disagreement.hpp"
#include "vrrp/hmac_trailer.hpp"
#include "vrrp/verify.hpp"

namespace redvip::vrrp {
namespace {

using Check = std::optional<Refusal>;

constexpr auto address_owner = Priority::of(255);

Refusal refusal(Reject reason, std::string detail = {}) {
  return {reason, std::move(detail)};
}

std::string other_than_here(const std::string& what, int theirs, int ours) {
  return what + ' ' + std::to_string(theirs) + ", here " + std::to_string(ours);
}

Check check_ip(const IpPacket& ip, const Expectation& expected) {
  if (ip.source == expected.self) return refusal(Reject::own_packet);
  // Unicast peers may be a routed hop away (keepalived does not check either).
  if (!expected.unicast && ip.hop_limit != time_to_live) {
    return refusal(Reject::ip_ttl, std::to_string(ip.hop_limit));
  }
  const auto family = expected.self.family();
  if (ip.destination != (expected.unicast ? expected.self : multicast_group(family))) {
    return refusal(Reject::destination, ip.destination.text());
  }
  return std::nullopt;
}

// What follows the IP header, and AH where there is one.
tl::expected<OctetView, Refusal> find_message(const IpPacket& ip) {
  auto message = ip.payload;
  if (ip.protocol == ah_protocol_number) {
    if (!decode_ah(message)) return tl::unexpected<Refusal>(refusal(Reject::ah_header));
    message = message.subspan(ah_length);
  }
  if (message.size() < header_length) {
    return tl::unexpected<Refusal>(refusal(Reject::packet_length));
  }
  return message;
}

// Whose message it is.
Check check_router(OctetView message, IpAddress source, const Expectation& expected) {
  if (message[1] != expected.vrid.value()) return refusal(Reject::vrid);
  const auto ours = static_cast<int>(expected.version);
  if (message[0] >> 4 != ours) {
    return refusal(Reject::version, other_than_here("version", message[0] >> 4, ours));
  }
  if ((message[0] & 0x0F) != advertisement_type) {
    return refusal(Reject::type, std::to_string(message[0] & 0x0F));
  }
  if (!expected.any_source && std::ranges::count(expected.peers, source) == 0) {
    return refusal(Reject::unknown_source);
  }
  return std::nullopt;
}

// Exactly, as keepalived and FRR demand too: 7.1 asks for "the complete packet", but a message with
// a trailer that we do not know is another format, of which we would understand only a part.
tl::expected<Parts, Refusal> split(const IpPacket& ip, OctetView message,
                                   const Expectation& expected) {
  const auto length = message_length(expected.version, ip.source.family(), message[3]);
  const bool trailed = std::holds_alternative<HmacAuthentication>(expected.authentication) &&
                       message.size() == length + trailer_length;
  if (message.size() != length && !trailed) {
    return tl::unexpected<Refusal>(
        refusal(Reject::packet_length, std::to_string(message.size()) + " octets for " +
                                           std::to_string(message[3]) + " addresses"));
  }
  return Parts{ip, message.first(length), message.subspan(length)};
}

// Over IPv6 the checksum covers the trailer, because there keepalived leaves it to the kernel.
std::optional<ChecksumForm> intact_as(const Parts& parts, const Expectation& expected) {
  const auto holds = [&](OctetView octets, ChecksumForm form) {
    return checksum(octets, form, parts.ip.source, parts.ip.destination) == 0;
  };
  using enum ChecksumForm;
  if (expected.version == Version::v2) {
    return holds(parts.message, message_only) ? std::optional{message_only} : std::nullopt;
  }
  if (!parts.ip.source.is_v4()) {
    const OctetView all{parts.message.data(), parts.message.size() + parts.trailer.size()};
    return holds(all, pseudo_header) ? std::optional{pseudo_header} : std::nullopt;
  }
  for (const auto form : {pseudo_header, message_only}) {
    if (expected.only_form.value_or(form) == form && holds(parts.message, form)) return form;
  }
  return std::nullopt;
}

Check check_v3_zeros(OctetView message) {
  if (message[3] == 0) return refusal(Reject::count_zero);
  if ((read_u16(message, 4) & 0x0FFF) == 0) return refusal(Reject::interval_zero);
  return std::nullopt;
}

// v2 MUST discard what v3 only tells.
Check check_against_ours(const Received& received, const Expectation& expected) {
  if (expected.strict && received.first_not_link_local) {
    return refusal(Reject::first_address, received.advertisement.addresses.front().text());
  }
  if (expected.version == Version::v3) return std::nullopt;
  if (expected.priority == address_owner) {
    return refusal(Reject::owner_conflict,
                   "priority " + std::to_string(received.advertisement.priority.value()));
  }
  if (received.interval_differs) {
    return refusal(Reject::interval_mismatch, received.disagreement);
  }
  if (received.addresses_differ && received.advertisement.priority != address_owner) {
    return refusal(Reject::address_list, received.disagreement);
  }
  return std::nullopt;
}

Received compare(Advertisement advertisement, const Parts& parts, const Expectation& expected) {
  Received received{std::move(advertisement), parts.ip.source};
  const auto& heard = received.advertisement;
  received.addresses_differ = addresses_differ(heard.addresses, expected.addresses);
  received.interval_differs = heard.max_advert_interval != expected.interval;
  received.first_not_link_local = !parts.ip.source.is_v4() && !heard.addresses.front().link_local();
  received.same_priority = heard.priority == expected.priority;
  received.duplicate_owner = received.same_priority && heard.priority == address_owner;
  if (received.addresses_differ || received.interval_differs) {
    received.disagreement = disagreement(heard, expected);
  }
  return received;
}

tl::expected<Received, Refusal> examine(const IpPacket& ip, const Expectation& expected,
                                        SequenceNumbers& numbers, WallTime now) {
  const auto refuse = [](Refusal why) { return tl::unexpected<Refusal>(std::move(why)); };
  if (auto why = check_ip(ip, expected)) return refuse(*why);
  const auto message = find_message(ip);
  if (!message) return refuse(message.error());
  if (auto why = check_router(*message, ip.source, expected)) return refuse(*why);
  const auto parts = split(ip, *message, expected);
  if (!parts) return refuse(parts.error());
  const auto form = intact_as(*parts, expected);
  if (!form) return refuse(refusal(Reject::checksum));
  if (expected.version == Version::v3) {
    if (auto why = check_v3_zeros(parts->message)) return refuse(*why);
  }
  const auto verified = verify(*parts, expected, now);
  if (!verified) return refuse(verified.error());

  auto received = compare(decode_message(parts->message, ip.source.family()), *parts, expected);
  received.checksum_form = *form;
  received.is_unsigned = verified->is_unsigned;
  if (auto why = check_against_ours(received, expected)) return refuse(*why);
  if (verified->sequence &&
      !numbers.accept(expected.authentication, ip.source, *verified->sequence, now)) {
    return refuse(refusal(Reject::replay, std::to_string(*verified->sequence)));
  }
  return received;
}

}  // namespace

tl::expected<Received, Rejected> receive(const Datagram& datagram, const Expectation& expected,
                                         SequenceNumbers& numbers, WallTime now) {
  assert(expected.version == Version::v3 || expected.self.is_v4());
  const auto ip = decode_ip(datagram);
  if (!ip) return tl::unexpected<Rejected>(Rejected{Reject::packet_length, {}, {}});
  return examine(*ip, expected, numbers, now).map_error([&](const Refusal& why) {
    return Rejected{why.reason, ip->source, why.detail};
  });
}

std::optional<std::uint8_t> vrid_of(const Datagram& datagram) {
  const auto ip = decode_ip(datagram);
  const auto message = ip ? find_message(*ip) : tl::unexpected<Refusal>(Refusal{});
  return message ? std::optional{(*message)[1]} : std::nullopt;
}

void Counters::count(const tl::expected<Received, Rejected>& outcome) {
  if (!outcome) {
    ++rejected[static_cast<std::size_t>(outcome.error().reason)];
    return;
  }
  ++accepted;
  const auto& heard = outcome->advertisement;
  const bool choice_of_form = heard.version == Version::v3 && outcome->source.is_v4();
  message_only_checksum +=
      choice_of_form && outcome->checksum_form == ChecksumForm::message_only ? 1 : 0;
  addresses_differ += outcome->addresses_differ ? 1 : 0;
  interval_differs += outcome->interval_differs ? 1 : 0;
  first_not_link_local += outcome->first_not_link_local ? 1 : 0;
  is_unsigned += outcome->is_unsigned ? 1 : 0;
  duplicate_owner += outcome->duplicate_owner ? 1 : 0;
  priority_zero += heard.priority == Priority::of(0) ? 1 : 0;
}

}  // namespace redvip::vrrp

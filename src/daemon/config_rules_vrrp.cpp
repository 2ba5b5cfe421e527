// What the versions and families of VRRP allow, and what each kind of track takes.
#include <algorithm>
#include <array>

#include "daemon/config_rules.hpp"

namespace redvip::daemon {

namespace {

bool takes_part(const ServiceDraft& service, const NodeDraft& node) {
  const auto& names = service.node_names;
  return names.empty() || std::ranges::count(names, node.name, &Located<std::string>::value) > 0;
}

void check_version_two(const ServiceDraft& service, Problems& problems) {
  const auto interval = service.interval;
  if (interval % Seconds{1} != Micros{0}) {
    problems.add(where(service.source, "advert_interval"), "service.advert_interval",
                 "VRRPv2 counts in whole seconds; allowed: \"1s\" to \"40s\"");
  }
  if (service.located_ips.empty()) return;
  const auto& [first, at] = service.located_ips.front();
  if (!first.address.is_v4()) {
    problems.add(at, "service.virtual_ips",
                 "found \"" + first.text() + "\" as the first, but VRRPv2 is for IPv4 only");
  }
}

void check_auth(const ServiceDraft& service, Problems& problems) {
  const auto& auth = service.auth_draft;
  if (auth.type == Authentication::Type::none) return;
  const auto at = where(service.source, "auth");
  const bool hmac = auth.type == Authentication::Type::hmac;
  if (hmac != (service.version == VrrpVersion::v3)) {
    problems.add(at, "service.auth.type",
                 hmac ? "hmac is for version 3" : "pass and ah are for version 2, hmac for 3");
  }
  if (auth.password.empty() && auth.password_file.empty()) {
    problems.add(at, "service.auth", "neither password nor password_file");
  } else if (!auth.password.empty() && !auth.password_file.empty()) {
    problems.add(at, "service.auth", "password beside password_file; allowed: one of the two");
  }
}

// Advertisements come from a link-local address, which tells nothing of who it is.
void check_link_locals(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                       Problems& problems) {
  const auto& [first, at] = service.located_ips.front();
  if (!first.address.link_local()) {
    problems.add(at, "service.virtual_ips",
                 "found \"" + first.text() +
                     "\" as the first, but that of VRRP over IPv6 must be link-local (RFC 9568 "
                     "5.2.9): put one before it that no host has of its own, such as "
                     "\"fe80::100/64\"");
  }
  for (const auto& node : nodes) {
    if (service.unicast || node.link_local || !takes_part(service, node)) {
      continue;
    }
    problems.add(node.source->at, "node.link_local",
                 "missing, but " + node.name +
                     " advertises from it in VRRP over IPv6: 'ip -6 address show scope link' there "
                     "shows it");
  }
}

void check_family(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                  Problems& problems) {
  if (service.located_ips.empty()) return;
  const auto family = service.located_ips.front().value.address.family();
  if (family == Family::ipv6 && service.version == VrrpVersion::v3) {
    check_link_locals(service, nodes, problems);
    if (!service.unicast) return;
  }
  for (const auto& node : nodes) {
    if (node.address.family() == family || !takes_part(service, node)) continue;
    problems.add(node.source->at, "node.address",
                 "found \"" + node.address.text() + "\", but service " + service.name +
                     " advertises " + (service.unicast ? "to it " : "from it ") + "over " +
                     name(family));
  }
}

}  // namespace

void check_vrrp(const ServiceDraft& service, const std::vector<NodeDraft>& nodes,
                Problems& problems) {
  if (service.version == VrrpVersion::v2) check_version_two(service, problems);
  check_auth(service, problems);
  check_family(service, nodes, problems);
  if (service.vmac && service.unicast) {
    problems.add(where(service.source, "vmac"), "service.vmac",
                 "found beside unicast = true: where frames cannot be multicast, the virtual MAC "
                 "address cannot move");
  }
}

// RFC 2338 section 5.3.10: 8 octets; keepalived's auth_hmac takes keys of 32 to 64.
void check_auth_password(const ServiceDraft& service, Problems& problems) {
  const auto& auth = service.auth_draft;
  const auto length = auth.password.size();
  const bool hmac = auth.type == Authentication::Type::hmac;
  if (length == 0 || (hmac ? length >= 32 && length <= 64 : length <= 8)) return;
  problems.add(
      where(service.source, "auth"), "service.auth.password",
      "has " + std::to_string(length) + " characters; allowed: " + (hmac ? "32 to 64" : "1 to 8"));
}

void check_track(const TrackDraft& track, Problems& problems) {
  const auto written = [&](const char* kind) { return find_entry(*track.source, kind) != nullptr; };
  const auto kinds =
      std::ranges::count_if(std::array{"interface", "script", "file", "ping"}, written);
  const bool blank = track.interface.empty() && track.file.empty() && track.script.empty() &&
                     !track.ping && problems.empty();
  if (kinds != 1 || blank) {
    problems.add(track.source->at, "service.track",
                 std::string{kinds > 1 ? "tracks more than one thing" : "tracks nothing"} +
                     "; allowed: one of interface, script, file, ping");
  }
  if (track.ping && track.ping->link_local() && !track.ping->is_v4()) {
    problems.add(where(track.source, "ping"), "service.track.ping",
                 "a link-local address means nothing without an interface");
  }
}

}  // namespace redvip::daemon

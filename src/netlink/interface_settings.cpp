#include "netlink/interface_settings.hpp"

#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

namespace redvip::netlink {
namespace {

static_assert(static_cast<int>(Ipv4Setting::rp_filter) == IPV4_DEVCONF_RP_FILTER);
static_assert(static_cast<int>(Ipv4Setting::arp_filter) == IPV4_DEVCONF_ARPFILTER);
static_assert(static_cast<int>(Ipv4Setting::arp_announce) == IPV4_DEVCONF_ARP_ANNOUNCE);
static_assert(static_cast<int>(Ipv4Setting::arp_ignore) == IPV4_DEVCONF_ARP_IGNORE);
static_assert(static_cast<int>(Ipv4Setting::promote_secondaries) ==
              IPV4_DEVCONF_PROMOTE_SECONDARIES);
static_assert(static_cast<int>(Ipv4Setting::accept_local) == IPV4_DEVCONF_ACCEPT_LOCAL);

std::string on_interface(Ipv4Setting setting, int ifindex) {
  return std::string{name(setting)} + " of interface " + std::to_string(ifindex);
}

Message link_message(int type, int ifindex) {
  auto message = make_message(type, 0);
  ifinfomsg body{};
  body.ifi_index = ifindex;
  append(*message, &body, sizeof(body));
  return message;
}

const nlattr* nested(const nlattr* outer, int type) {
  if (!outer) return nullptr;
  return nla_find(static_cast<const nlattr*>(nla_data(outer)), nla_len(outer), type);
}

// In an answer the settings are an array that begins with the one numbered 1.
std::optional<int> read(nl_msg& message, Ipv4Setting setting) {
  const auto* const families =
      nlmsg_find_attr(nlmsg_hdr(&message), sizeof(ifinfomsg), IFLA_AF_SPEC);
  const auto* const conf = nested(nested(families, AF_INET), IFLA_INET_CONF);
  const auto offset = (static_cast<std::size_t>(setting) - 1) * sizeof(std::uint32_t);
  std::int32_t value = 0;
  if (!conf || static_cast<std::size_t>(nla_len(conf)) < offset + sizeof(value)) return {};
  std::memcpy(&value, static_cast<const char*>(nla_data(conf)) + offset, sizeof(value));
  return value;
}

}  // namespace

const char* name(Ipv4Setting setting) {
  switch (setting) {
    case Ipv4Setting::rp_filter:
      return "rp_filter";
    case Ipv4Setting::arp_filter:
      return "arp_filter";
    case Ipv4Setting::arp_announce:
      return "arp_announce";
    case Ipv4Setting::arp_ignore:
      return "arp_ignore";
    case Ipv4Setting::promote_secondaries:
      return "promote_secondaries";
    case Ipv4Setting::accept_local:
      return "accept_local";
  }
  return "";
}

Result<InterfaceSettings> InterfaceSettings::open() {
  return NetlinkSocket::open(NETLINK_ROUTE).map([](NetlinkSocket&& socket) {
    return InterfaceSettings{std::move(socket)};
  });
}

Result<int> InterfaceSettings::get(int ifindex, Ipv4Setting setting) {
  const std::string what = "read " + on_interface(setting, ifindex);
  Message answer;
  const int code = socket_.ask(link_message(RTM_GETLINK, ifindex), answer);
  if (code < 0) return socket_.refused(code, what, "RTM_GETLINK");
  const auto value = read(*answer, setting);
  if (!value) return failure("cannot " + what + ": it has no IPv4", "RTM_GETLINK");
  return *value;
}

Result<void> InterfaceSettings::set(int ifindex, Ipv4Setting setting, int value) {
  auto message = link_message(RTM_SETLINK, ifindex);
  auto* const families = nla_nest_start(message.get(), IFLA_AF_SPEC);
  auto* const ipv4 = nla_nest_start(message.get(), AF_INET);
  auto* const conf = nla_nest_start(message.get(), IFLA_INET_CONF);
  nla_put_s32(message.get(), static_cast<int>(setting), value);
  nla_nest_end(message.get(), conf);
  nla_nest_end(message.get(), ipv4);
  nla_nest_end(message.get(), families);
  const int code = socket_.request(std::move(message));
  if (code < 0)
    return socket_.refused(code, "set " + on_interface(setting, ifindex), "RTM_SETLINK");
  return {};
}

}  // namespace redvip::netlink

#include "netlink/route_manager.hpp"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>

namespace redvip::netlink {
namespace {

constexpr std::uint8_t our_protocol = 0x52;
constexpr std::uint32_t ipv6_default_metric = 1024;  // IP6_RT_PRIO_USER

// A number from 256 on does not fit the header; RTA_TABLE holds either.
std::uint32_t table_of(const Route& route) {
  return route.table == 0 ? RT_TABLE_MAIN : route.table;
}

std::uint32_t metric_of(const Route& route) {
  const bool v4 = route.destination.address.is_v4();
  return route.metric == 0 && !v4 ? ipv6_default_metric : route.metric;
}

void put_address(nl_msg& message, int attribute, const IpAddress& address) {
  const auto octets = address.octets();
  nla_put(&message, attribute, static_cast<int>(octets.size()), octets.data());
}

Message route_message(int type, int flags, int ifindex, const Route& route) {
  const auto& destination = route.destination;
  const bool v4 = destination.address.is_v4();
  auto message = make_message(type, flags);
  rtmsg body{};
  body.rtm_family = v4 ? AF_INET : AF_INET6;
  body.rtm_dst_len = destination.length;
  body.rtm_table = RT_TABLE_UNSPEC;
  body.rtm_protocol = our_protocol;
  body.rtm_scope = v4 && !route.gateway ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  body.rtm_type = RTN_UNICAST;
  append(*message, &body, sizeof(body));
  put_address(*message, RTA_DST, destination.address);
  if (route.gateway) put_address(*message, RTA_GATEWAY, *route.gateway);
  if (route.source) put_address(*message, RTA_PREFSRC, *route.source);
  nla_put_s32(message.get(), RTA_OIF, ifindex);
  nla_put_u32(message.get(), RTA_PRIORITY, metric_of(route));
  nla_put_u32(message.get(), RTA_TABLE, table_of(route));
  return message;
}

// What the kernel tells routes apart by.
bool is_same(nl_msg& message, const Route& route) {
  auto* const header = nlmsg_hdr(&message);
  std::array<nlattr*, RTA_MAX + 1> attributes{};
  if (nlmsg_parse(header, sizeof(rtmsg), attributes.data(), RTA_MAX, nullptr) < 0) return false;
  const auto number = [&](int type) {
    return attributes[static_cast<std::size_t>(type)]
               ? nla_get_u32(attributes[static_cast<std::size_t>(type)])
               : 0;
  };
  const auto& destination = route.destination;
  const auto octets = destination.address.octets();
  const auto* const body = static_cast<const rtmsg*>(nlmsg_data(header));
  if (body->rtm_family != (destination.address.is_v4() ? AF_INET : AF_INET6) ||
      body->rtm_dst_len != destination.length || number(RTA_PRIORITY) != metric_of(route) ||
      number(RTA_TABLE) != table_of(route)) {
    return false;
  }
  const auto* const to = attributes[RTA_DST];
  if (!to) return destination.length == 0;
  return nla_len(to) == static_cast<int>(octets.size()) &&
         std::equal(octets.begin(), octets.end(), static_cast<const std::uint8_t*>(nla_data(to)));
}

}  // namespace

Result<RouteManager> RouteManager::open() {
  return NetlinkSocket::open(NETLINK_ROUTE).map([](NetlinkSocket&& socket) {
    return RouteManager{std::move(socket)};
  });
}

Result<void> RouteManager::put(int ifindex, const Route& route) {
  const std::string what = "add the route " + route.text();
  int code =
      socket_.request(route_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, ifindex, route));
  if (code == -NLE_EXIST) {
    const auto is_ours = have(route);
    if (!is_ours) return tl::unexpected(is_ours.error());
    if (!*is_ours) return failure("cannot " + what + ": there is another that is not ours");
    code = socket_.request(route_message(RTM_NEWROUTE, NLM_F_REPLACE, ifindex, route));
  }
  if (code < 0) return socket_.refused(code, what, "RTM_NEWROUTE");
  return {};
}

Result<void> RouteManager::remove(int ifindex, const Route& route) {
  const int code = socket_.request(route_message(RTM_DELROUTE, 0, ifindex, route));
  if (code == 0 || code == -NLE_OBJ_NOTFOUND || code == -NLE_NODEV) return {};
  return socket_.refused(code, "remove the route " + route.text(), "RTM_DELROUTE");
}

Result<int> RouteManager::remove_leftovers() {
  const auto found = ours();
  if (!found) return tl::unexpected(found.error());
  for (const auto& route : *found) {
    auto* const header = nlmsg_hdr(route.get());
    auto removal = make_message(RTM_DELROUTE, 0);
    append(*removal, nlmsg_data(header), static_cast<std::size_t>(nlmsg_datalen(header)));
    const int code = socket_.request(std::move(removal));
    if (code == 0 || code == -NLE_OBJ_NOTFOUND || code == -NLE_NODEV) continue;
    return socket_.refused(code, "remove a route of an earlier redvip", "RTM_DELROUTE");
  }
  return static_cast<int>(found->size());
}

Result<std::vector<Message>> RouteManager::ours() {
  const auto request = make_message(RTM_GETROUTE, NLM_F_DUMP);
  const rtmsg body{};  // of any family
  append(*request, &body, sizeof(body));
  auto replies = socket_.dump(*request, "RTM_GETROUTE");
  if (!replies) return replies;
  std::erase_if(*replies, [](const Message& reply) {
    const auto* const header = nlmsg_hdr(reply.get());
    return header->nlmsg_type != RTM_NEWROUTE ||
           nlmsg_datalen(header) < static_cast<int>(sizeof(rtmsg)) ||
           static_cast<const rtmsg*>(nlmsg_data(header))->rtm_protocol != our_protocol;
  });
  return replies;
}

Result<bool> RouteManager::have(const Route& route) {
  const auto found = ours();
  if (!found) return tl::unexpected(found.error());
  return std::any_of(found->begin(), found->end(),
                     [&](const Message& each) { return is_same(*each, route); });
}

}  // namespace redvip::netlink

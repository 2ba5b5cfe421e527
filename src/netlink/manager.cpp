#include "netlink/manager.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <thread>

namespace redvip::netlink {
namespace {

constexpr std::uint8_t our_mark = 0x52;
constexpr int delivery_attempts = 50;

// The attributes of one address fit into a fresh message (a page), so that nla_put cannot fail.
Message address_message(int type, int flags, int ifindex, IpPrefix address) {
  auto message = make_message(type, flags);
  ifaddrmsg body{};
  body.ifa_family = address.address.is_v4() ? AF_INET : AF_INET6;
  body.ifa_prefixlen = address.length;
  body.ifa_scope = RT_SCOPE_UNIVERSE;
  body.ifa_index = static_cast<unsigned>(ifindex);
  append(*message, &body, sizeof(body));
  const auto octets = address.address.octets();
  nla_put(message.get(), IFA_LOCAL, static_cast<int>(octets.size()), octets.data());
  nla_put(message.get(), IFA_ADDRESS, static_cast<int>(octets.size()), octets.data());
  return message;
}

Message route_question(int ifindex, IpAddress address) {
  auto message = make_message(RTM_GETROUTE, 0);
  rtmsg body{};
  body.rtm_family = AF_INET6;
  body.rtm_dst_len = 128;
  append(*message, &body, sizeof(body));
  const auto octets = address.octets();
  nla_put(message.get(), RTA_DST, static_cast<int>(octets.size()), octets.data());
  if (address.link_local()) nla_put_s32(message.get(), RTA_OIF, ifindex);
  return message;
}

bool is_local(nl_msg& message) {
  const auto* const header = nlmsg_hdr(&message);
  return nlmsg_datalen(header) >= static_cast<int>(sizeof(rtmsg)) &&
         static_cast<const rtmsg*>(nlmsg_data(header))->rtm_type == RTN_LOCAL;
}

std::string on_interface(IpPrefix address, int ifindex) {
  return address.text() + " on interface " + std::to_string(ifindex);
}

}  // namespace

Result<AddressManager> AddressManager::open() {
  return NetlinkSocket::open(NETLINK_ROUTE).map([](NetlinkSocket&& socket) {
    return AddressManager{std::move(socket)};
  });
}

Result<void> AddressManager::put(int ifindex, IpPrefix address, Seconds lifetime) {
  assert(lifetime >= Seconds{1});
  const bool v4 = address.address.is_v4();
  const auto added = v4 ? Result<bool>{false} : clear_place(ifindex, address);
  if (!added) return tl::unexpected(added.error());
  // A plain add would be refused (EEXIST) and not refresh; NLM_F_REPLACE does both.
  auto message = address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex, address);
  ifa_cacheinfo clock{};
  clock.ifa_valid = static_cast<std::uint32_t>(lifetime.count());
  clock.ifa_prefered = v4 ? clock.ifa_valid : 0;
  nla_put(message.get(), IFA_CACHEINFO, sizeof(clock), &clock);
  nla_put_u32(message.get(), IFA_FLAGS, IFA_F_NOPREFIXROUTE | (v4 ? 0U : IFA_F_NODAD));
  nla_put_u8(message.get(), IFA_PROTO, our_mark);
  const int code = socket_.request(std::move(message));
  if (code < 0)
    return socket_.refused(code, "put " + on_interface(address, ifindex), "RTM_NEWADDR");
  if (*added) await_delivery(ifindex, address.address);
  return {};
}

Result<bool> AddressManager::clear_place(int ifindex, IpPrefix address) {
  Message answer;
  if (socket_.ask(address_message(RTM_GETADDR, 0, ifindex, address), answer) < 0) return true;
  const auto present = parse_address(*answer);
  if (!present || present->prefix.length == address.length) return false;
  return remove(ifindex, present->prefix).map([] { return true; });
}

void AddressManager::await_delivery(int ifindex, IpAddress address) {
  for (int attempt = 0; attempt < delivery_attempts; ++attempt) {
    Message answer;
    if (socket_.ask(route_question(ifindex, address), answer) < 0 || is_local(*answer)) return;
    std::this_thread::sleep_for(std::chrono::microseconds{100});
  }
}

Result<void> AddressManager::remove(int ifindex, IpPrefix address) {
  const int code = socket_.request(address_message(RTM_DELADDR, 0, ifindex, address));
  if (code == 0 || code == -NLE_NOADDR || code == -NLE_NODEV) return {};
  return socket_.refused(code, "remove " + on_interface(address, ifindex), "RTM_DELADDR");
}

Result<std::vector<IpPrefix>> AddressManager::ours(int ifindex) {
  const auto request = make_message(RTM_GETADDR, NLM_F_DUMP);
  const ifaddrmsg body{};  // of any family
  append(*request, &body, sizeof(body));
  const auto replies = socket_.dump(*request, "RTM_GETADDR");
  if (!replies) return tl::unexpected(replies.error());

  std::vector<IpPrefix> found;
  for (const auto& reply : *replies) {
    const auto address = parse_address(*reply);
    if (address && address->interface == ifindex && address->protocol == our_mark) {
      found.push_back(address->prefix);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace redvip::netlink

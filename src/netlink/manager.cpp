#include "netlink/manager.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <algorithm>
#include <cassert>

namespace redvip::netlink {
namespace {

constexpr std::uint8_t our_mark = 0x52;

// The attributes of one address fit into a fresh message (a page), so that nla_put cannot fail.
Message address_message(int type, int flags, int ifindex, Ipv4Prefix address) {
  auto message = make_message(type, flags);
  ifaddrmsg body{};
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = address.length;
  body.ifa_scope = RT_SCOPE_UNIVERSE;
  body.ifa_index = static_cast<unsigned>(ifindex);
  append(*message, &body, sizeof(body));
  nla_put_u32(message.get(), IFA_LOCAL, htonl(address.address.value()));
  nla_put_u32(message.get(), IFA_ADDRESS, htonl(address.address.value()));
  return message;
}

std::string on_interface(Ipv4Prefix address, int ifindex) {
  return address.text() + " on interface " + std::to_string(ifindex);
}

}  // namespace

Result<AddressManager> AddressManager::open() {
  return NetlinkSocket::open(NETLINK_ROUTE).map([](NetlinkSocket&& socket) {
    return AddressManager{std::move(socket)};
  });
}

Result<void> AddressManager::put(int ifindex, Ipv4Prefix address, Seconds lifetime) {
  assert(lifetime >= Seconds{1});
  // A plain add would be refused (EEXIST) and not refresh; NLM_F_REPLACE does both.
  auto message = address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex, address);
  ifa_cacheinfo clock{};
  clock.ifa_valid = clock.ifa_prefered = static_cast<std::uint32_t>(lifetime.count());
  nla_put(message.get(), IFA_CACHEINFO, sizeof(clock), &clock);
  nla_put_u32(message.get(), IFA_FLAGS, IFA_F_NOPREFIXROUTE);
  nla_put_u8(message.get(), IFA_PROTO, our_mark);
  const int code = socket_.request(std::move(message));
  if (code < 0)
    return netlink_failure(code, "put " + on_interface(address, ifindex), "RTM_NEWADDR");
  return {};
}

Result<void> AddressManager::remove(int ifindex, Ipv4Prefix address) {
  const int code = socket_.request(address_message(RTM_DELADDR, 0, ifindex, address));
  if (code == 0 || code == -NLE_NOADDR || code == -NLE_NODEV) return {};
  return netlink_failure(code, "remove " + on_interface(address, ifindex), "RTM_DELADDR");
}

Result<std::vector<Ipv4Prefix>> AddressManager::ours(int ifindex) {
  const auto request = make_message(RTM_GETADDR, NLM_F_DUMP);
  ifaddrmsg body{};
  body.ifa_family = AF_INET;
  append(*request, &body, sizeof(body));
  const auto replies = socket_.dump(*request, "RTM_GETADDR");
  if (!replies) return tl::unexpected(replies.error());

  std::vector<Ipv4Prefix> found;
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

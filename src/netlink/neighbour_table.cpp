#include "netlink/neighbour_table.hpp"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <cstring>

namespace redvip::netlink {
namespace {

std::optional<Mac> read_mac(nl_msg& message) {
  const auto* const mac = nlmsg_find_attr(nlmsg_hdr(&message), sizeof(ndmsg), NDA_LLADDR);
  Mac result{};
  if (!mac || nla_len(mac) != static_cast<int>(result.size())) return std::nullopt;
  std::memcpy(result.data(), nla_data(mac), result.size());
  return result;
}

}  // namespace

Result<NeighbourTable> NeighbourTable::open() {
  return NetlinkSocket::open(NETLINK_ROUTE).map([](NetlinkSocket&& socket) {
    return NeighbourTable{std::move(socket)};
  });
}

Result<std::optional<Mac>> NeighbourTable::find(int ifindex, IpAddress address) {
  auto request = make_message(RTM_GETNEIGH, 0);
  ndmsg body{};
  body.ndm_family = address.is_v4() ? AF_INET : AF_INET6;
  body.ndm_ifindex = ifindex;
  append(*request, &body, sizeof(body));
  const auto octets = address.octets();
  nla_put(request.get(), NDA_DST, static_cast<int>(octets.size()), octets.data());

  Message answer;
  const int code = socket_.ask(std::move(request), answer);
  if (code == -NLE_OBJ_NOTFOUND) return std::nullopt;
  if (code < 0) {
    return socket_.refused(
        code,
        "look for the neighbour " + address.text() + " on interface " + std::to_string(ifindex),
        "RTM_GETNEIGH");
  }
  return read_mac(*answer);
}

}  // namespace redvip::netlink

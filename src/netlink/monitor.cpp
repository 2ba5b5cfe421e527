#include "netlink/monitor.hpp"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "core/pace.hpp"
#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {
namespace {

constexpr Millis longest_rest{200};

std::optional<Interface> parse_link(nl_msg& message) {
  auto* const header = nlmsg_hdr(&message);
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  if (header->nlmsg_type != RTM_NEWLINK ||
      nlmsg_parse(header, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, nullptr) < 0 ||
      !attributes[IFLA_IFNAME]) {
    return std::nullopt;
  }
  const auto* const body = static_cast<const ifinfomsg*>(nlmsg_data(header));
  Interface link;
  link.index = body->ifi_index;
  link.name = nla_get_string(attributes[IFLA_IFNAME]);
  link.up = (body->ifi_flags & IFF_UP) != 0 && (body->ifi_flags & IFF_RUNNING) != 0;
  const auto* const address = attributes[IFLA_ADDRESS];
  if (address && nla_len(address) == static_cast<int>(link.mac.size())) {
    std::memcpy(link.mac.data(), nla_data(address), link.mac.size());
  }
  return link;
}

Result<std::vector<Interface>> read_links(NetlinkSocket& socket) {
  const auto request = make_message(RTM_GETLINK, NLM_F_DUMP);
  const ifinfomsg body{};
  append(*request, &body, sizeof(body));
  nla_put_u32(request.get(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  const auto replies = socket.dump(*request, "RTM_GETLINK");
  if (!replies) return tl::unexpected(replies.error());
  std::vector<Interface> links;
  for (const auto& reply : *replies) {
    if (auto link = parse_link(*reply)) links.push_back(std::move(*link));
  }
  std::sort(links.begin(), links.end(), [](auto& a, auto& b) { return a.index < b.index; });
  return links;
}

Result<Snapshot> read_snapshot(NetlinkSocket& socket) {
  auto links = read_links(socket);
  if (!links) return tl::unexpected(links.error());
  const auto request = make_message(RTM_GETADDR, NLM_F_DUMP);
  const ifaddrmsg body{};  // of any family
  append(*request, &body, sizeof(body));
  const auto replies = socket.dump(*request, "RTM_GETADDR");
  if (!replies) return tl::unexpected(replies.error());

  Snapshot snapshot{std::move(*links)};
  for (const auto& reply : *replies) {
    const auto address = parse_address(*reply);
    if (!address || !address->usable) continue;
    // An interface that appeared between the two dumps has its own notification waiting.
    for (auto& link : snapshot.interfaces) {
      if (link.index == address->interface) link.addresses.push_back(address->prefix);
    }
  }
  for (auto& link : snapshot.interfaces) std::sort(link.addresses.begin(), link.addresses.end());
  return snapshot;
}

Result<NetlinkSocket> open_notifications(int receive_buffer) {
  auto socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket) return socket;
  auto* const raw = socket->get();
  // With CAP_NET_ADMIN beyond net.core.rmem_max; without, up to it. Too small only costs dumps.
  const int fd = nl_socket_get_fd(raw);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof(receive_buffer)) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  nl_socket_disable_seq_check(raw);  // notifications answer nothing
  int code = nl_socket_set_nonblocking(raw);
  if (code == 0) {
    code =
        nl_socket_add_memberships(raw, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, 0);
  }
  if (code < 0) return netlink_failure(code, "subscribe to notifications", "netlink");
  return socket;
}

}  // namespace

struct Monitor::State : std::enable_shared_from_this<State> {
  NetlinkSocket notifications;
  NetlinkSocket queries;
  // A duplicate, because libnl closes its descriptor and Asio closes its own.
  boost::asio::posix::stream_descriptor readable;
  Changed changed;
  Failed failed;
  Snapshot snapshot;
  bool stale = false;  // something was notified that the snapshot does not have
  boost::asio::steady_timer rested;
  bool resting = false;

  State(boost::asio::io_context& io, NetlinkSocket notified, NetlinkSocket queried,
        Changed on_change, Failed on_failure)
      : notifications{std::move(notified)},
        queries{std::move(queried)},
        readable{io},
        changed{std::move(on_change)},
        failed{std::move(on_failure)},
        rested{io} {
    nl_socket_modify_cb(notifications.get(), NL_CB_VALID, NL_CB_CUSTOM, &State::notified, this);
  }

  static int notified(nl_msg* message, void* self) {
    auto& state = *static_cast<State*>(self);
    state.stale = state.stale || state.is_news(*message);
    return NL_OK;
  }

  // VIPs are refreshed with every advertisement, and the kernel notifies each time.
  bool is_news(nl_msg& message) const {
    const auto address = parse_address(message);
    if (!address || nlmsg_hdr(&message)->nlmsg_type != RTM_NEWADDR) return true;
    const auto* const link = snapshot.by_index(address->interface);
    if (!link) return true;
    return link->has(address->prefix) != address->usable;
  }

  Result<void> refresh() {
    auto fresh = read_snapshot(queries);
    if (!fresh) return tl::unexpected(fresh.error());
    stale = false;
    if (*fresh == snapshot) return {};
    snapshot = std::move(*fresh);
    const auto alive = shared_from_this();
    changed(snapshot);
    return {};
  }

  void drain() {
    int code = 0;
    do {
      code = nl_recvmsgs_default(notifications.get());
      if (code < 0 && code != -NLE_AGAIN) stale = true;
    } while (code >= 0 || code == -NLE_NOMEM);  // -NLE_NOMEM is ENOBUFS, an overrun
    if (code == -NLE_AGAIN) return;
    failed(netlink_failure(code, "read notifications", "netlink").value());
  }

  void wait() {
    readable.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        [weak = weak_from_this()](const boost::system::error_code& error) {
                          const auto self = weak.lock();
                          if (!self || error) return;
                          self->wait();
                          self->on_readable();
                        });
  }

  void on_readable() {
    drain();
    if (stale && !resting) read_and_rest();
  }

  // A host that takes over many addresses is notified of each.
  void read_and_rest() {
    const auto alive = shared_from_this();
    const auto began = std::chrono::steady_clock::now();
    if (const auto result = refresh(); !result) failed(result.error());
    const auto took = std::chrono::steady_clock::now() - began;
    resting = true;
    rested.expires_after(rest_after(std::chrono::duration_cast<Micros>(took), longest_rest));
    rested.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
      const auto self = weak.lock();
      if (!self || cancelled) return;
      self->resting = false;
      if (self->stale) self->read_and_rest();
    });
  }
};

Result<Monitor> Monitor::open(boost::asio::io_context& io, Changed changed, Failed failed,
                              int receive_buffer) {
  // Subscribed before the first snapshot is read, so that no change falls between the two.
  auto notifications = open_notifications(receive_buffer);
  if (!notifications) return tl::unexpected(notifications.error());
  auto queries = NetlinkSocket::open(NETLINK_ROUTE);
  if (!queries) return tl::unexpected(queries.error());
  const int fd = fcntl(nl_socket_get_fd(notifications->get()), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return failure(std::strerror(errno), "fcntl(F_DUPFD_CLOEXEC)");

  auto state = std::make_shared<State>(io, std::move(*notifications), std::move(*queries),
                                       std::move(changed), std::move(failed));
  state->readable.assign(fd);
  auto first = read_snapshot(state->queries);
  if (!first) return tl::unexpected(first.error());
  state->snapshot = std::move(*first);
  state->wait();
  return Monitor{std::move(state)};
}

Result<void> Monitor::refresh() {
  return state_->refresh();
}

const Snapshot& Monitor::snapshot() const {
  return state_->snapshot;
}

}  // namespace redvip::netlink

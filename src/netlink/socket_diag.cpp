#include "netlink/socket_diag.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/errno.h>
#include <netlink/msg.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace redvip::netlink {
namespace {

constexpr std::uint32_t states(std::initializer_list<int> list) {
  std::uint32_t bits = 0;
  for (const int state : list) bits |= 1U << state;
  return bits;
}
constexpr auto connected = states({TCP_ESTABLISHED, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1,
                                   TCP_FIN_WAIT2, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING});
constexpr auto readable = states({TCP_ESTABLISHED, TCP_CLOSE_WAIT});

bool is(IpAddress wanted, std::uint8_t family, const __be32 (&words)[4]) {
  const auto octets = wanted.octets();
  if (wanted.is_v4() && family == AF_INET6) {
    // ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2
    return words[0] == 0 && words[1] == 0 && words[2] == htonl(0xffff) &&
           std::memcmp(&words[3], octets.data(), octets.size()) == 0;
  }
  return wanted.is_v4() == (family == AF_INET) &&
         std::memcmp(words, octets.data(), octets.size()) == 0;
}

inet_diag_req_v2 tcp_request(std::uint8_t family, std::uint32_t state_bits) {
  inet_diag_req_v2 request{};
  request.sdiag_family = family;
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = state_bits;
  return request;
}

// All TCP sockets in these states with these ports, network order, 0: any.
Result<std::vector<inet_diag_msg>> list(NetlinkSocket& socket, std::uint32_t state_bits,
                                        __be16 local_port, __be16 remote_port) {
  std::vector<inet_diag_msg> found;
  for (const auto family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    auto body = tcp_request(family, state_bits);
    body.id.idiag_sport = local_port;
    body.id.idiag_dport = remote_port;
    const auto request = make_message(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
    append(*request, &body, sizeof(body));
    const auto replies = socket.dump(*request, "SOCK_DIAG_BY_FAMILY");
    if (!replies) return tl::unexpected(replies.error());
    for (const auto& reply : *replies) {
      const auto* const header = nlmsg_hdr(reply.get());
      if (nlmsg_datalen(header) < static_cast<int>(sizeof(inet_diag_msg))) continue;
      found.push_back(*static_cast<const inet_diag_msg*>(nlmsg_data(header)));
    }
  }
  return found;
}

// 0, or libnl's -NLE_*.
int reset(NetlinkSocket& socket, const inet_diag_msg& found) {
  auto body = tcp_request(found.idiag_family, 0);
  body.id = found.id;
  auto message = make_message(SOCK_DESTROY, 0);
  append(*message, &body, sizeof(body));
  return socket.request(std::move(message));
}

// The inodes of this process's sockets: /proc/self/fd/N is a link to "socket:[inode]" (proc(5)).
Result<std::vector<std::int64_t>> own_sockets() {
  constexpr std::string_view prefix = "socket:[";
  std::vector<std::int64_t> inodes;
  std::error_code error;
  std::filesystem::directory_iterator entry{"/proc/self/fd", error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    std::error_code closed_meanwhile;
    const auto target = std::filesystem::read_symlink(entry->path(), closed_meanwhile).string();
    if (!target.starts_with(prefix)) continue;
    const auto digits = target.substr(prefix.size(), target.size() - prefix.size() - 1);
    if (const auto inode = parse_integer(digits)) inodes.push_back(*inode);
  }
  if (error) return failure("cannot tell our own sockets: " + error.message(), "/proc/self/fd");
  return inodes;
}

}  // namespace

Result<SocketDiag> SocketDiag::open() {
  return NetlinkSocket::open(NETLINK_SOCK_DIAG).map([](NetlinkSocket&& socket) {
    return SocketDiag{std::move(socket)};
  });
}

Result<int> SocketDiag::destroy(Endpoint local) {
  const auto found = list(socket_, connected, htons(local.port), 0);
  if (!found) return tl::unexpected(found.error());
  int count = 0;
  for (const auto& socket : *found) {
    if (!is(local.address, socket.idiag_family, socket.id.idiag_src)) continue;
    const int code = reset(socket_, socket);
    if (code == 0) ++count;
    if (code == 0 || code == -NLE_OBJ_NOTFOUND) continue;  // it may have closed by itself
    const std::string what = "reset the connections of " + local.text();
    if (code != -NLE_OPNOTSUPP) return socket_.refused(code, what, "SOCK_DESTROY");
    return failure("cannot " + what + ": this kernel was built without CONFIG_INET_DIAG_DESTROY",
                   "SOCK_DESTROY");
  }
  return count;
}

Result<std::optional<std::uint32_t>> SocketDiag::unread(Endpoint remote) {
  const auto own = own_sockets();
  if (!own) return tl::unexpected(own.error());
  const auto found = list(socket_, readable, 0, htons(remote.port));
  if (!found) return tl::unexpected(found.error());
  std::optional<std::uint32_t> bytes;
  for (const auto& socket : *found) {
    const bool ours = std::find(own->begin(), own->end(), socket.idiag_inode) != own->end();
    if (ours || !is(remote.address, socket.idiag_family, socket.id.idiag_dst)) continue;
    bytes = bytes.value_or(0) + socket.idiag_rqueue;
  }
  return bytes;
}

}  // namespace redvip::netlink

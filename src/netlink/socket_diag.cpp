#include "netlink/socket_diag.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <new>
#include <set>

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

// A replication link that was made anew is another connection: not believed for longer.
constexpr Millis known_for{100};
// Of a Redis to which none was found: the services of a lost host all ask at the same time.
constexpr Millis none_for{10};

std::optional<inet_diag_msg> read_message(nl_msg& message) {
  const auto* const header = nlmsg_hdr(&message);
  if (nlmsg_datalen(header) < static_cast<int>(sizeof(inet_diag_msg))) return std::nullopt;
  return *static_cast<const inet_diag_msg*>(nlmsg_data(header));
}

// About one connection, which is found by its ends, without going through the table.
Message message_about(int type, const inet_diag_msg& one) {
  inet_diag_req_v2 body{};
  body.sdiag_family = one.idiag_family;
  body.sdiag_protocol = IPPROTO_TCP;
  body.idiag_states = ~0U;
  body.id = one.id;
  auto message = make_message(type, 0);
  append(*message, &body, sizeof(body));
  return message;
}

// One comparison for the kernel (inet_diag_bc_op), of the local or the remote end; port 0: any.
// An IPv4 address also stands for ::ffff:a.b.c.d, as which a dual-stack Redis has it.
std::vector<std::uint8_t> comparison(std::uint8_t code, Endpoint wanted) {
  const auto octets = wanted.address.octets();
  inet_diag_hostcond end{};
  end.family = wanted.address.is_v4() ? AF_INET : AF_INET6;
  end.prefix_len = static_cast<std::uint8_t>(8 * octets.size());
  end.port = wanted.port == 0 ? -1 : wanted.port;
  const auto size = sizeof(inet_diag_bc_op) + sizeof(end) + octets.size();
  const inet_diag_bc_op op{code, static_cast<std::uint8_t>(size),
                           static_cast<std::uint16_t>(size + 4)};  // behind the end: no
  std::vector<std::uint8_t> program(size);
  std::memcpy(program.data(), &op, sizeof(op));
  std::memcpy(program.data() + sizeof(op), &end, sizeof(end));
  std::copy(octets.begin(), octets.end(), program.begin() + sizeof(op) + sizeof(end));
  return program;
}

// The kernel goes through its whole table of connections for it, 2 ms on a large host, whatever
// matches; SOCK_DIAG_BY_FAMILY would do so once for each family.
Result<std::vector<inet_diag_msg>> list(NetlinkSocket& socket, std::uint32_t state_bits,
                                        const std::vector<std::uint8_t>& program) {
  inet_diag_req body{};
  body.idiag_states = state_bits;
  const auto request = make_message(TCPDIAG_GETSOCK, NLM_F_DUMP);
  append(*request, &body, sizeof(body));
  if (nla_put(request.get(), INET_DIAG_REQ_BYTECODE, static_cast<int>(program.size()),
              program.data()) < 0) {
    throw std::bad_alloc{};
  }
  const auto replies = socket.dump(*request, "TCPDIAG_GETSOCK");
  if (!replies) return tl::unexpected(replies.error());
  std::vector<inet_diag_msg> found;
  for (const auto& reply : *replies) {
    if (const auto read = read_message(*reply)) found.push_back(*read);
  }
  return found;
}

// The inodes of this process's sockets.
Result<std::set<ino_t>> own_sockets() {
  std::set<ino_t> inodes;
  std::error_code error;
  std::filesystem::directory_iterator entry{"/proc/self/fd", error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    const auto fd = parse_integer(entry->path().filename().string());
    struct stat status {};
    if (fd && ::fstat(static_cast<int>(*fd), &status) == 0 && S_ISSOCK(status.st_mode)) {
      inodes.insert(status.st_ino);
    }
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

Result<void> SocketDiag::find_clients(Endpoint local) {
  const auto found = list(socket_, connected, comparison(INET_DIAG_BC_S_COND, local));
  if (!found) return tl::unexpected(found.error());
  clients_[local] = *found;
  return {};
}

Result<int> SocketDiag::destroy_found(Endpoint local) {
  int count = 0;
  const auto clients = clients_.extract(local);
  if (!clients) return count;
  for (const auto& client : clients.mapped()) {
    const auto destroyed = destroy(client, local);
    if (!destroyed) return tl::unexpected(destroyed.error());
    if (*destroyed) ++count;
  }
  return count;
}

Result<int> SocketDiag::destroy(Endpoint local) {
  const auto known = destroy_found(local);
  if (!known) return known;
  if (const auto found = find_clients(local); !found) return tl::unexpected(found.error());
  const auto since = destroy_found(local);
  if (!since) return since;
  return *known + *since;
}

// Whether it was there still: it may have closed by itself.
Result<bool> SocketDiag::destroy(const inet_diag_msg& client, Endpoint local) {
  const int code = socket_.request(message_about(SOCK_DESTROY, client));
  if (code == 0 || code == -NLE_OBJ_NOTFOUND) return code == 0;
  const std::string what = "reset the connections of " + local.text();
  if (code != -NLE_OPNOTSUPP) return socket_.refused(code, what, "SOCK_DESTROY");
  return failure("cannot " + what + ": this kernel was built without CONFIG_INET_DIAG_DESTROY",
                 "SOCK_DESTROY");
}

Result<void> SocketDiag::find_links(IpAddress remote) {
  const auto own = own_sockets();
  if (!own) return tl::unexpected(own.error());
  auto found = list(socket_, readable, comparison(INET_DIAG_BC_D_COND, {remote, 0}));
  if (!found) return tl::unexpected(found.error());
  std::erase_if(*found, [&](const inet_diag_msg& link) { return own->contains(link.idiag_inode); });
  links_[remote] = {std::chrono::steady_clock::now(), *std::move(found)};
  return {};
}

// Bytes, or nullopt where no known link is there any more.
Result<std::optional<std::uint32_t>> SocketDiag::unread_of_known(Endpoint remote) {
  std::optional<std::uint32_t> bytes;
  for (const auto& link : links_[remote.address].sockets) {
    if (link.id.idiag_dport != htons(remote.port)) continue;
    Message answer;
    const int code = socket_.ask(message_about(SOCK_DIAG_BY_FAMILY, link), answer);
    if (code == -NLE_OBJ_NOTFOUND) continue;
    if (code < 0) return socket_.refused(code, "measure a connection", "SOCK_DIAG_BY_FAMILY");
    const auto now_is = read_message(*answer);
    if (!now_is || (readable & (1U << now_is->idiag_state)) == 0) continue;
    bytes = bytes.value_or(0) + now_is->idiag_rqueue;
  }
  return bytes;
}

Result<std::optional<std::uint32_t>> SocketDiag::unread(Endpoint remote) {
  const auto age = std::chrono::steady_clock::now() - links_[remote.address].found_at;
  if (age < known_for) {
    auto known = unread_of_known(remote);
    if (!known || *known || age < none_for) return known;
  }
  if (const auto found = find_links(remote.address); !found) return tl::unexpected(found.error());
  return unread_of_known(remote);
}

}  // namespace redvip::netlink

#include "netlink/netlink_socket.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <array>
#include <new>

namespace redvip::netlink {
namespace {

// Each repetition means that somebody changed the table meanwhile; nobody does that for ever.
constexpr int dump_attempts = 20;

int keep(nl_msg* message, void* kept) {
  nlmsg_get(message);
  static_cast<std::vector<Message>*>(kept)->emplace_back(message);
  return NL_OK;
}

int dump_once(nl_sock* socket, nl_msg& request, std::vector<Message>& replies) {
  const std::unique_ptr<nl_cb, decltype(&nl_cb_put)> callbacks{nl_cb_alloc(NL_CB_DEFAULT),
                                                               &nl_cb_put};
  if (!callbacks) return -NLE_NOMEM;
  nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, keep, &replies);
  nlmsg_hdr(&request)->nlmsg_seq = NL_AUTO_SEQ;  // a repetition needs a new one
  const int sent = nl_send_auto(socket, &request);
  return sent < 0 ? sent : nl_recvmsgs(socket, callbacks.get());
}

}  // namespace

void Free::operator()(nl_sock* socket) const {
  nl_socket_free(socket);
}
void Free::operator()(nl_msg* message) const {
  nlmsg_free(message);
}

Message make_message(int type, int flags) {
  Message message{nlmsg_alloc_simple(type, flags)};
  if (!message) throw std::bad_alloc{};
  return message;
}

void append(nl_msg& message, const void* header, std::size_t size) {
  // libnl copies out of it, but asks for a pointer to non-const.
  if (nlmsg_append(&message, const_cast<void*>(header), size, NLMSG_ALIGNTO) < 0) {
    throw std::bad_alloc{};
  }
}

tl::unexpected<Error> netlink_failure(int code, const std::string& what, std::string where) {
  return failure("cannot " + what + ": " + nl_geterror(code), std::move(where));
}

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
  NetlinkSocket socket{nl_socket_alloc()};
  if (!socket.get()) throw std::bad_alloc{};
  const int code = nl_connect(socket.get(), protocol);
  if (code < 0) return netlink_failure(code, "open a netlink socket", "socket(AF_NETLINK)");
  return socket;
}

int NetlinkSocket::request(Message message) {
  return nl_send_sync(socket_.get(), message.release());  // frees it
}

Result<std::vector<Message>> NetlinkSocket::dump(nl_msg& request, const std::string& where) {
  std::vector<Message> replies;
  int code = -NLE_DUMP_INTR;
  for (int attempt = 0; attempt < dump_attempts && code == -NLE_DUMP_INTR; ++attempt) {
    replies.clear();
    code = dump_once(socket_.get(), request, replies);
  }
  if (code < 0) return netlink_failure(code, "read the kernel's table", where);
  return replies;
}

std::optional<AddressMessage> parse_address(nl_msg& message) {
  auto* const header = nlmsg_hdr(&message);
  if (header->nlmsg_type != RTM_NEWADDR && header->nlmsg_type != RTM_DELADDR) return std::nullopt;
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  if (nlmsg_parse(header, sizeof(ifaddrmsg), attributes.data(), IFA_MAX, nullptr) < 0) {
    return std::nullopt;
  }
  const auto* const body = static_cast<const ifaddrmsg*>(nlmsg_data(header));
  const auto* const local = attributes[IFA_LOCAL];
  if (body->ifa_family != AF_INET || !local || body->ifa_prefixlen > 32) return std::nullopt;
  const auto* const protocol = attributes[IFA_PROTO];
  return AddressMessage{static_cast<int>(body->ifa_index),
                        {Ipv4{ntohl(nla_get_u32(local))}, body->ifa_prefixlen},
                        protocol ? nla_get_u8(protocol) : std::uint8_t{0}};
}

}  // namespace redvip::netlink

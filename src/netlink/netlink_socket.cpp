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
#include <cstring>
#include <new>
#include <system_error>

namespace redvip::netlink {
namespace {

// Each repetition means that somebody changed the table meanwhile; nobody does that for ever.
constexpr int dump_attempts = 20;

int keep(nl_msg* message, void* kept) {
  nlmsg_get(message);
  static_cast<std::vector<Message>*>(kept)->emplace_back(message);
  return NL_OK;
}

// NLMSGERR_ATTR_MSG, which stands behind the copy of the request, where there is one.
const nlattr* explanation(const nlmsgerr* error) {
  const auto* const bytes = reinterpret_cast<const char*>(error);
  const auto* const header = reinterpret_cast<const nlmsghdr*>(bytes - NLMSG_HDRLEN);
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return nullptr;
  const bool capped = (header->nlmsg_flags & NLM_F_CAPPED) != 0;
  const auto copied = capped ? 0 : NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
  const auto offset = sizeof(*error) + copied;
  const auto length = header->nlmsg_len - NLMSG_HDRLEN;
  if (length <= offset) return nullptr;
  return nla_find(reinterpret_cast<const nlattr*>(bytes + offset),
                  static_cast<int>(length - offset), NLMSGERR_ATTR_MSG);
}

int keep_reason(sockaddr_nl*, nlmsgerr* error, void* reason) {
  auto& text = *static_cast<std::string*>(reason);
  text = std::system_category().message(-error->error);
  if (const auto* const said = explanation(error)) {
    text += " (" + std::string{nla_get_string(const_cast<nlattr*>(said))} + ")";
  }
  return NL_STOP;  // the caller gets libnl's code
}

// Sends, and keeps what comes back: all of a dump, or one message.
int exchange(nl_sock* socket, nl_msg& request, std::vector<Message>& replies, std::string* reason) {
  const std::unique_ptr<nl_cb, decltype(&nl_cb_put)> callbacks{nl_cb_alloc(NL_CB_DEFAULT),
                                                               &nl_cb_put};
  if (!callbacks) return -NLE_NOMEM;
  nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, keep, &replies);
  nl_cb_err(callbacks.get(), NL_CB_CUSTOM, keep_reason, reason);
  reason->clear();
  nlmsg_hdr(&request)->nlmsg_seq = NL_AUTO_SEQ;  // a repetition needs a new one
  const int sent = nl_send_auto(socket, &request);
  return sent < 0 ? sent : nl_recvmsgs(socket, callbacks.get());
}

std::optional<IpAddress> read_address(int family, const nlattr* attribute) {
  const int size = attribute ? nla_len(attribute) : 0;
  if (family == AF_INET && size == 4) return IpAddress{ntohl(nla_get_u32(attribute))};
  if (family != AF_INET6 || size != 16) return std::nullopt;
  IpAddress::V6 octets{};
  std::memcpy(octets.data(), nla_data(attribute), octets.size());
  return IpAddress{octets};
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

NetlinkSocket::NetlinkSocket(nl_sock* socket)
    : socket_{socket}, reason_{std::make_unique<std::string>()} {
  if (socket == nullptr) throw std::bad_alloc{};
  nl_socket_modify_err_cb(socket, NL_CB_CUSTOM, keep_reason, reason_.get());
}

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
  NetlinkSocket socket{nl_socket_alloc()};
  const int code = nl_connect(socket.get(), protocol);
  if (code < 0) return netlink_failure(code, "open a netlink socket", "socket(AF_NETLINK)");
  const int yes = 1;  // a kernel before 4.12 explains nothing
  setsockopt(nl_socket_get_fd(socket.get()), SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes));
  return socket;
}

tl::unexpected<Error> NetlinkSocket::refused(int code, const std::string& what,
                                             std::string where) const {
  if (reason_->empty()) return netlink_failure(code, what, std::move(where));
  return failure("cannot " + what + ": " + *reason_, std::move(where));
}

int NetlinkSocket::request(Message message) {
  reason_->clear();
  return nl_send_sync(socket_.get(), message.release());  // frees it
}

int NetlinkSocket::ask(Message request, Message& answer) {
  std::vector<Message> replies;
  int code = exchange(socket_.get(), *request, replies, reason_.get());
  if (code >= 0) code = nl_wait_for_ack(socket_.get());
  if (code < 0 || replies.empty()) return code < 0 ? code : -NLE_MSG_TRUNC;
  answer = std::move(replies.front());
  return 0;
}

Result<std::vector<Message>> NetlinkSocket::dump(nl_msg& request, const std::string& where) {
  std::vector<Message> replies;
  int code = -NLE_DUMP_INTR;
  for (int attempt = 0; attempt < dump_attempts && code == -NLE_DUMP_INTR; ++attempt) {
    replies.clear();
    code = exchange(socket_.get(), request, replies, reason_.get());
  }
  if (code < 0) return refused(code, "read the kernel's table", where);
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
  // IPv6 has IFA_LOCAL only where IFA_ADDRESS is the peer's.
  const auto* const local = attributes[IFA_LOCAL] ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
  const auto address = read_address(body->ifa_family, local);
  if (!address || body->ifa_prefixlen > 8 * address->octets().size()) return std::nullopt;
  const auto flags = attributes[IFA_FLAGS] ? nla_get_u32(attributes[IFA_FLAGS]) : body->ifa_flags;
  const auto* const protocol = attributes[IFA_PROTO];
  return AddressMessage{static_cast<int>(body->ifa_index),
                        {*address, body->ifa_prefixlen},
                        protocol ? nla_get_u8(protocol) : std::uint8_t{0},
                        (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0};
}

}  // namespace redvip::netlink

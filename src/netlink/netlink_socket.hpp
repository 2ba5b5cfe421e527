// libnl as values: a socket, a message, a request that is acknowledged, a dump that is consistent.
// Shell: libnl-3 only; the messages are small enough to be written with nlmsg_* and nla_*.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"

struct nl_msg;
struct nl_sock;

namespace redvip::netlink {

struct Free {
  void operator()(nl_sock* socket) const;
  void operator()(nl_msg* message) const;
};
using Message = std::unique_ptr<nl_msg, Free>;

// A message of `type` (RTM_NEWADDR, SOCK_DESTROY ...) with `flags` (NLM_F_*). NLM_F_REQUEST and
// NLM_F_ACK are added when it is sent. Throws std::bad_alloc.
[[nodiscard]] Message make_message(int type, int flags);
// Copies a kernel header (ifaddrmsg, inet_diag_req_v2 ...) behind what the message has.
void append(nl_msg& message, const void* header, std::size_t size);

// "cannot <what>: <libnl's text for code>". `code` is libnl's, -NLE_*.
[[nodiscard]] tl::unexpected<Error> netlink_failure(int code, const std::string& what,
                                                    std::string where);

class NetlinkSocket {
 public:
  // `protocol` is NETLINK_ROUTE or NETLINK_SOCK_DIAG. Belongs to the namespace it was opened in.
  [[nodiscard]] static Result<NetlinkSocket> open(int protocol);

  [[nodiscard]] nl_sock* get() const { return socket_.get(); }

  // "cannot <what>: <why>" of the last request, in the kernel's own words where it gave any.
  [[nodiscard]] tl::unexpected<Error> refused(int code, const std::string& what,
                                              std::string where) const;

  // Sends and waits for the kernel's answer, which is made before the system call returns. 0, or
  // libnl's -NLE_*, since which of them means "already so" is known to the caller only.
  [[nodiscard]] int request(Message message);

  // The same for a request that is answered with one message.
  [[nodiscard]] int ask(Message request, Message& answer);

  // All answers to a request with NLM_F_DUMP. A dump that the kernel marks as interrupted by a
  // change (NLM_F_DUMP_INTR) is repeated. `where` names the request in the error.
  [[nodiscard]] Result<std::vector<Message>> dump(nl_msg& request, const std::string& where);

 private:
  explicit NetlinkSocket(nl_sock* socket);
  std::unique_ptr<nl_sock, Free> socket_;
  std::unique_ptr<std::string> reason_;  // of the last refusal; libnl writes through a pointer
};

// The address that an RTM_NEWADDR or RTM_DELADDR speaks of.
struct AddressMessage {
  int interface = 0;
  IpPrefix prefix;
  std::uint8_t protocol = 0;  // IFA_PROTO: who added it; 0 when nobody said
  bool usable = true;         // not while, or after, DAD says that it may be another's (RFC 4862)
};
// nullopt for families other than IPv4 and IPv6 and for what is not an address message.
[[nodiscard]] std::optional<AddressMessage> parse_address(nl_msg& message);

}  // namespace redvip::netlink

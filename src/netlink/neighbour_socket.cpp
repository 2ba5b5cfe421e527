#include "netlink/neighbour_socket.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/raw_protocol.hpp>
#include <cerrno>

namespace redvip::netlink {
namespace {

namespace asio = boost::asio;
using asio::generic::raw_protocol;
using boost::system::error_code;

// Of all IPv6 packets, a client's included, only neighbour advertisements wake us: next header 58
// (ICMPv6), type 136.
error_code only_advertisements(raw_protocol::socket& socket) {
  std::array<sock_filter, 6> code{
      {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 58, 0, 3),
       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 54), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 136, 0, 1),
       BPF_STMT(BPF_RET | BPF_K, 0xffff), BPF_STMT(BPF_RET | BPF_K, 0)}};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (setsockopt(socket.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ==
      0) {
    return {};
  }
  return {errno, boost::system::system_category()};
}

// Created deaf (protocol 0) and bound to one protocol on one interface, so that not even the first
// frame is another's. The kernel shows what we send to ETH_P_ALL sockets only, not to these.
error_code listen(raw_protocol::socket& socket, int ifindex, std::uint16_t protocol) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(protocol);
  address.sll_ifindex = ifindex;
  error_code error;
  socket.open(raw_protocol{AF_PACKET, 0}, error);
  if (!error && protocol == ETH_P_IPV6) error = only_advertisements(socket);
  if (!error) socket.bind(raw_protocol::endpoint{&address, sizeof(address)}, error);
  if (!error) socket.non_blocking(true, error);
  return error;
}

}  // namespace

struct NeighbourSocket::State : std::enable_shared_from_this<State> {
  raw_protocol::socket arp;
  raw_protocol::socket ndisc;
  Interface interface;
  Heard heard;
  Failed failed;

  State(asio::io_context& io, Interface on, Heard on_heard, Failed on_failure)
      : arp{io}, ndisc{io}, interface {
    std::move(on)
  }, heard{std::move(on_heard)}, failed{std::move(on_failure)} {
  }

  void wait(raw_protocol::socket& socket) {
    socket.async_wait(asio::socket_base::wait_read,
                      [weak = weak_from_this(), &socket](const error_code& error) {
                        const auto self = weak.lock();
                        if (self && !error) self->on_readable(socket);
                      });
  }

  // One frame a time: whoever floods the LAN gets no more than his turn.
  void on_readable(raw_protocol::socket& socket) {
    std::array<std::uint8_t, 256> frame;  // an advertisement with more options than there are
    error_code error;
    const auto size = socket.receive(asio::buffer(frame), 0, error);
    const bool nothing = error == asio::error::would_block;
    if (error && !nothing && error != asio::error::network_down) {
      failed(Error{"no neighbour is heard any more on " + interface.name + ": " + error.message(),
                   "recv(AF_PACKET)"});
      return;
    }
    wait(socket);
    const auto claim = parse_claim(std::span{frame}.first(error ? 0 : size));
    if (claim && claim->mac != interface.mac) heard(*claim);
  }

  Result<void> send(const Frame& frame, IpAddress about, const std::string& what) {
    error_code error;
    (about.is_v4() ? arp : ndisc).send(asio::buffer(frame), 0, error);
    if (!error) return {};
    return failure(
        "cannot " + what + " " + about.text() + " on " + interface.name + ": " + error.message(),
        "send(AF_PACKET)");
  }
};

Result<NeighbourSocket> NeighbourSocket::open(asio::io_context& io, const Interface& interface,
                                              Heard heard, Failed failed) {
  auto state = std::make_shared<State>(io, interface, std::move(heard), std::move(failed));
  auto error = listen(state->arp, interface.index, ETH_P_ARP);
  if (!error) error = listen(state->ndisc, interface.index, ETH_P_IPV6);
  if (error) {
    return failure("cannot hear the neighbours on " + interface.name + ": " + error.message(),
                   "socket(AF_PACKET)");
  }
  state->wait(state->arp);
  state->wait(state->ndisc);
  return NeighbourSocket{std::move(state)};
}

Result<void> NeighbourSocket::announce(Mac mac, IpAddress vip, bool router) {
  return state_->send(announcement(mac, vip, router), vip, "announce");
}

Result<void> NeighbourSocket::probe(IpAddress wanted) {
  return state_->send(netlink::probe(state_->interface.mac, wanted), wanted, "ask who has");
}

}  // namespace redvip::netlink

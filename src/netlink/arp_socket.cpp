#include "netlink/arp_socket.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/raw_protocol.hpp>

namespace redvip::netlink {
namespace {

namespace asio = boost::asio;
using asio::generic::raw_protocol;
using boost::system::error_code;

// Created deaf (protocol 0) and bound to ARP on one interface, so that not even the first frame is
// another interface's. The kernel shows what we send to ETH_P_ALL sockets only, not to this one.
error_code listen(raw_protocol::socket& socket, int ifindex) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ARP);
  address.sll_ifindex = ifindex;
  error_code error;
  socket.open(raw_protocol{AF_PACKET, 0}, error);
  if (!error) socket.bind(raw_protocol::endpoint{&address, sizeof(address)}, error);
  if (!error) socket.non_blocking(true, error);
  return error;
}

}  // namespace

struct ArpSocket::State : std::enable_shared_from_this<State> {
  raw_protocol::socket socket;
  Interface interface;
  Heard heard;
  Failed failed;

  State(asio::io_context& io, Interface on, Heard on_heard, Failed on_failure)
      : socket{io}, interface {
    std::move(on)
  }, heard{std::move(on_heard)}, failed{std::move(on_failure)} {
  }

  void wait() {
    socket.async_wait(asio::socket_base::wait_read,
                      [weak = weak_from_this()](const error_code& error) {
                        const auto self = weak.lock();
                        if (self && !error) self->on_readable();
                      });
  }

  // One frame a time: whoever floods the LAN with ARP gets no more than his turn.
  void on_readable() {
    std::array<std::uint8_t, 64> frame;  // an ARP frame with its padding
    error_code error;
    const auto size = socket.receive(asio::buffer(frame), 0, error);
    const bool nothing = error == asio::error::would_block;
    if (error && !nothing && error != asio::error::network_down) {
      failed(Error{"no ARP is heard any more on " + interface.name + ": " + error.message(),
                   "recv(AF_PACKET)"});
      return;
    }
    wait();
    const auto packet = parse_arp(std::span{frame}.first(error ? 0 : size));
    if (packet && packet->sender_mac != interface.mac) heard(*packet);
  }
};

Result<ArpSocket> ArpSocket::open(asio::io_context& io, const Interface& interface, Heard heard,
                                  Failed failed) {
  auto state = std::make_shared<State>(io, interface, std::move(heard), std::move(failed));
  if (const auto error = listen(state->socket, interface.index)) {
    return failure("cannot open ARP on " + interface.name + ": " + error.message(),
                   "socket(AF_PACKET)");
  }
  state->wait();
  return ArpSocket{std::move(state)};
}

Result<void> ArpSocket::announce(Mac mac, Ipv4 vip) {
  error_code error;
  state_->socket.send(asio::buffer(gratuitous_arp(mac, vip)), 0, error);
  if (!error) return {};
  return failure(
      "cannot announce " + vip.text() + " on " + state_->interface.name + ": " + error.message(),
      "send(AF_PACKET)");
}

}  // namespace redvip::netlink

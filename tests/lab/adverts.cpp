#include "lab/adverts.hpp"
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace redvip::lab {
namespace {

constexpr unsigned ip_protocol_offset = 9;
constexpr unsigned ip_protocol_vrrp = 112;

// Only VRRP, or the Redis traffic of the host would overflow the queue.
void keep_only_vrrp(int socket) {
  std::array<sock_filter, 4> code{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ip_protocol_offset),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ip_protocol_vrrp, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    throw system_error("SO_ATTACH_FILTER");
  }
}

}  // namespace

AdvertSniffer::AdvertSniffer(const Network& network, const Host& sender) {
  const Inside here{network.wire()};
  socket_ = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw system_error("packet socket");
  keep_only_vrrp(socket_);
  sockaddr_ll port{};
  port.sll_family = AF_PACKET;
  // The bridge takes frames of its ports before sockets for one protocol see them.
  // The bridge takes frames of its ports before sockets for one protocol see them.
  port.sll_protocol = htons(ETH_P_ALL);
  port.sll_ifindex = static_cast<int>(::if_nametoindex(sender.name.c_str()));
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&port), sizeof port) != 0) {
    throw system_error("bind to port " + sender.name);
  }
}

AdvertSniffer::~AdvertSniffer() {
  ::close(socket_);
}

std::size_t AdvertSniffer::take() {
  std::size_t heard = 0;
  std::array<unsigned char, 2048> frame{};
  for (;;) {
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    const ssize_t n = ::recvfrom(socket_, frame.data(), frame.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    if (n < 0) return heard;
    const bool sent_by_host = from.sll_pkttype != PACKET_OUTGOING;
    if (sent_by_host && from.sll_protocol == htons(ETH_P_IP)) ++heard;
  }
}

}  // namespace redvip::lab

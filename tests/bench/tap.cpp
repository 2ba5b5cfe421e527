#include "bench/tap.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>

namespace redvip::bench {
namespace {

constexpr std::uint8_t vrrp = 112;  // IANA protocol number
constexpr int receive_buffer = 16 << 20;

std::string text(const unsigned char* octets) {
  std::array<char, INET_ADDRSTRLEN> buffer{};
  return ::inet_ntop(AF_INET, octets, buffer.data(), buffer.size());
}

// RFC 826: for Ethernet and IPv4 the sender's address is at 14, the target's at 24.
std::optional<Frame> parse_arp(const unsigned char* data, std::size_t size) {
  if (size < 28) return std::nullopt;
  Frame frame{};
  frame.kind = Frame::Kind::arp;
  frame.source = text(data + 14);
  frame.destination = text(data + 24);
  return frame;
}

std::optional<Frame> parse_ip(const unsigned char* data, std::size_t size, bool with_tcp) {
  iphdr ip{};
  if (size < sizeof ip) return std::nullopt;
  std::memcpy(&ip, data, sizeof ip);
  const std::size_t header = ip.ihl * 4U;
  Frame frame{};
  frame.source = text(data + 12);
  frame.destination = text(data + 16);
  if (ip.protocol == vrrp && size >= header + 8) {
    frame.kind = Frame::Kind::advert;
    frame.vrid = data[header + 1];
    frame.priority = data[header + 2];
    return frame;
  }
  tcphdr tcp{};
  if (!with_tcp || ip.protocol != IPPROTO_TCP || size < header + sizeof tcp) return std::nullopt;
  std::memcpy(&tcp, data + header, sizeof tcp);
  frame.kind = Frame::Kind::tcp;
  frame.flags = tcp.th_flags;
  frame.source_port = ntohs(tcp.th_sport);
  frame.payload = ntohs(ip.tot_len) > header + tcp.th_off * 4U;
  return frame;
}

WireTime time_of(msghdr& message) {
  for (auto* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(header), sizeof time);
    return WireTime{std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}};
  }
  return std::chrono::system_clock::now();
}

int open_socket(const lab::Network& network) {
  const lab::Inside here{network.wire()};
  // The bridge takes frames of its ports before sockets for one protocol see them.
  const int fd = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw lab::system_error("packet socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer);
  sockaddr_ll port{};
  port.sll_family = AF_PACKET;
  port.sll_protocol = htons(ETH_P_ALL);
  port.sll_ifindex = static_cast<int>(::if_nametoindex(network.client.name.c_str()));
  if (::bind(fd, reinterpret_cast<sockaddr*>(&port), sizeof port) != 0) {
    throw lab::system_error("bind to the clients' port");
  }
  return fd;
}

}  // namespace

Tap::Tap(const lab::Network& network, bool tcp)
    : socket_{open_socket(network)}, tcp_{tcp}, thread_{[this] { listen(); }} {}

Tap::~Tap() {
  stopping_ = true;
  thread_.join();
  ::close(socket_);
}

void Tap::listen() {
  std::array<unsigned char, 2048> data{};
  while (!stopping_) {
    pollfd ready{socket_, POLLIN, 0};
    ::poll(&ready, 1, 50);
    for (;;) {
      sockaddr_ll from{};
      iovec payload{data.data(), data.size()};
      alignas(cmsghdr) std::array<char, 128> control{};
      msghdr message{};
      message.msg_name = &from;
      message.msg_namelen = sizeof from;
      message.msg_iov = &payload;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t size = ::recvmsg(socket_, &message, 0);
      if (size < 0) break;
      const auto length = static_cast<std::size_t>(size);
      auto frame = from.sll_protocol == htons(ETH_P_ARP)  ? parse_arp(data.data(), length)
                   : from.sll_protocol == htons(ETH_P_IP) ? parse_ip(data.data(), length, tcp_)
                                                          : std::nullopt;
      if (!frame) continue;
      frame->at = time_of(message);
      const std::lock_guard lock{mutex_};
      frames_.push_back(std::move(*frame));
    }
  }
}

std::vector<Frame> Tap::frames() const {
  const std::lock_guard lock{mutex_};
  return frames_;
}

void Tap::forget() {
  const std::lock_guard lock{mutex_};
  frames_.clear();
}

WireTime to_wire(std::chrono::steady_clock::time_point at) {
  const auto ago = std::chrono::steady_clock::now() - at;
  return std::chrono::system_clock::now() - ago;
}

}  // namespace redvip::bench

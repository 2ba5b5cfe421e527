#include "conformance/tester.hpp"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace redvip::conformance {
namespace {

constexpr int on = 1;
constexpr int queue_octets = 8 << 20;

Nanos to_nanos(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + Nanos{time.tv_nsec};
}

void set(int socket, int level, int option, int value) {
  if (::setsockopt(socket, level, option, &value, sizeof value) != 0) {
    throw lab::system_error("setsockopt " + std::to_string(option));
  }
}

Nanos stamp_of(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(c), sizeof time);
    return to_nanos(time);
  }
  throw lab::LabError{"a frame without a time stamp"};
}

}  // namespace

Nanos now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return to_nanos(time);
}

Tester::Tester(const lab::NetworkNamespace& where, const std::string& interface) {
  const lab::Inside here{where};
  socket_ = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
  if (socket_ < 0) throw lab::system_error("socket AF_PACKET");
  set(socket_, SOL_SOCKET, SO_RCVBUFFORCE, queue_octets);
  set(socket_, SOL_SOCKET, SO_TIMESTAMPNS, on);
  set(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, on);
  sockaddr_ll at{};
  at.sll_family = AF_PACKET;
  at.sll_protocol = htons(ETH_P_ALL);
  at.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
    throw lab::system_error("bind to " + interface);
  }
}

Tester::~Tester() {
  ::close(socket_);
}

void Tester::send(const Octets& frame) {
  if (::send(socket_, frame.data(), frame.size(), 0) < 0 && errno != ENOBUFS && errno != EAGAIN &&
      errno != ENETDOWN) {
    throw lab::system_error("send a frame");
  }
}

std::optional<Frame> Tester::receive(Nanos until) {
  Octets octets(2048);
  alignas(cmsghdr) char control[64];
  for (;;) {
    iovec part{octets.data(), octets.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket_, &header, 0);
    if (n >= 0) {
      octets.resize(static_cast<std::size_t>(n));
      return Frame{stamp_of(header), std::move(octets)};
    }
    const Nanos left = until - now();
    if (left <= Nanos{0}) return std::nullopt;
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd ready{socket_, POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(millis, 1000)));
  }
}

}  // namespace redvip::conformance

// Whole frames as they arrive at an interface of a host.
#pragma once

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <optional>

#include "shell/vrrp/two_hosts.hpp"
#include "vrrp/octets.hpp"

namespace redvip::vrrp {

class Sniffer {
 public:
  Sniffer(const lan::Host& host, const std::string& interface)
      : fd_{host.inside([&] {
          const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
          sockaddr_ll at{};
          at.sll_family = AF_PACKET;
          at.sll_protocol = htons(ETH_P_ALL);
          at.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
          if (::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
            throw std::runtime_error{"bind of a packet socket"};
          }
          return fd;
        })} {}
  ~Sniffer() { ::close(fd_); }
  Sniffer(const Sniffer&) = delete;
  Sniffer& operator=(const Sniffer&) = delete;

  // The next frame that is wanted, Ethernet header (14 octets) included; nullopt: none in 10 s.
  std::optional<Octets> next(const std::function<bool(OctetView)>& wanted) const {
    pollfd readable{fd_, POLLIN, 0};
    while (::poll(&readable, 1, 10000) == 1) {
      Octets frame(2048);
      const auto length = ::recv(fd_, frame.data(), frame.size(), 0);
      if (length < 14) continue;
      frame.resize(static_cast<std::size_t>(length));
      if (wanted(frame)) return frame;
    }
    return std::nullopt;
  }

 private:
  int fd_;
};

inline bool is_vrrp_over_ipv4(OctetView frame) {
  return frame.size() >= 34 && read_u16(frame, 12) == ETH_P_IP && frame[23] == 112;
}
inline bool is_vrrp_over_ipv6(OctetView frame) {
  return frame.size() >= 54 && read_u16(frame, 12) == ETH_P_IPV6 && frame[20] == 112;
}

// IGMPv2 (RFC 2236), after the IPv4 header: the type is its first octet, the group its last four.
inline std::size_t igmp_at(OctetView frame) {
  return 14 + std::size_t{4} * (frame[14] & 0x0F);
}
inline int igmp_type(OctetView frame) {  // 0: it is none
  const bool is_ipv4 = frame.size() >= 14 + 20 && read_u16(frame, 12) == ETH_P_IP;
  if (!is_ipv4 || frame[23] != IPPROTO_IGMP || frame.size() < igmp_at(frame) + 8) return 0;
  return frame[igmp_at(frame)];
}

}  // namespace redvip::vrrp

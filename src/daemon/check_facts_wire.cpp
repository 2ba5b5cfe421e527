#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <span>

#include "daemon/check_facts.hpp"
#include "daemon/clock.hpp"
#include "vrrp/packet.hpp"

namespace redvip::daemon {

namespace {

class RawSocket {
 public:
  RawSocket() : descriptor_{socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, vrrp::protocol_number)} {}
  ~RawSocket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

  [[nodiscard]] bool join(const std::string& interface) const {
    ip_mreqn group{};
    group.imr_multiaddr.s_addr = htonl(vrrp::multicast_group(Family::ipv4).v4());
    group.imr_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    return setsockopt(descriptor_, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0 ||
           errno == EADDRINUSE;
  }

 private:
  int descriptor_;
};

// The first octets, which are the same in VRRPv2 and v3, behind the IPv4 header that a raw socket
// delivers. Deliberately looser than the codec: strange speakers are what we look for.
std::optional<SpeakerFacts> read_speaker(std::span<const std::uint8_t> packet) {
  constexpr std::size_t shortest_header = 20;
  if (packet.size() < shortest_header) return std::nullopt;
  const auto header = static_cast<std::size_t>(packet[0] & 0xf) * 4;
  if (packet.size() < header + 2 || (packet[header] & 0xf) != vrrp::advertisement_type) {
    return std::nullopt;
  }
  const auto source = std::uint32_t{packet[12]} << 24 | std::uint32_t{packet[13]} << 16 |
                      std::uint32_t{packet[14]} << 8 | packet[15];
  return SpeakerFacts{IpAddress{source}, packet[header] >> 4, packet[header + 1]};
}

std::set<SpeakerFacts> listen(const RawSocket& socket, Micros duration) {
  std::set<SpeakerFacts> heard;
  const Instant end = now() + duration;
  for (Instant at = now(); at < end; at = now()) {
    pollfd ready{socket.get(), POLLIN, 0};
    const auto rest = std::chrono::ceil<Millis>(end - at).count();
    if (poll(&ready, 1, static_cast<int>(rest)) <= 0) continue;
    std::array<std::uint8_t, 2048> packet{};
    const auto size = recv(socket.get(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (size <= 0) continue;
    if (const auto speaker = read_speaker({packet.data(), static_cast<std::size_t>(size)})) {
      heard.insert(*speaker);
    }
  }
  return heard;
}

}  // namespace

void listen_for_speakers(const Config& config, Micros duration, HostFacts& host) {
  const RawSocket socket;
  if (socket.get() < 0) {
    host.deaf = std::strerror(errno);
    return;
  }
  for (const auto& service : config.services) {
    const auto* interface = interface_of(config, service, host.interfaces);
    if (interface == nullptr || socket.join(interface->name)) continue;
    host.deaf = interface->name + ": " + std::strerror(errno);
  }
  const auto heard = listen(socket, duration);
  host.heard.assign(heard.begin(), heard.end());
}

}  // namespace redvip::daemon

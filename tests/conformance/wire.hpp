// VRRP, ARP and neighbour discovery on the wire, built and read octet by octet, independently of
// src/: what redvip misunderstands, this must not misunderstand with it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redvip::conformance {

using Octets = std::vector<std::uint8_t>;
using Nanos = std::chrono::nanoseconds;

constexpr std::size_t link_header = 14;  // of Ethernet: two MACs and the type

// "10.0.0.5" to 4 octets, "fe80::5" to 16, "10.0.0.100/24" to 4; throws lab::LabError.
[[nodiscard]] Octets address(const std::string& text);
[[nodiscard]] Octets mac(const std::string& text);    // "02:00:00:00:00:05"
[[nodiscard]] Octets hex(const std::string& digits);  // "2133 9601", blanks are ignored
[[nodiscard]] std::string to_hex(const Octets& octets);
[[nodiscard]] Octets operator+(Octets left, const Octets& right);
[[nodiscard]] Octets part(const Octets& octets, std::size_t from, std::size_t length);

// RFC 1071, of a message whose checksum field is 0; of an intact one it is 0.
[[nodiscard]] std::uint16_t internet_checksum(const Octets& octets);
// What an upper layer's checksum covers before its message: RFC 793 section 3.1, RFC 8200 8.1.
[[nodiscard]] Octets pseudo_header(const Octets& source, const Octets& destination,
                                   std::uint8_t protocol, std::size_t length);

inline constexpr std::uint8_t vrrp_protocol = 112;
inline constexpr std::uint8_t ah_protocol = 51;

enum class Sum : std::uint8_t { pseudo_header, message_only };  // of VRRPv3 over IPv4

// An advertisement of another router, intact as it stands; every field may be made wrong.
struct Stimulus {
  int version = 3;
  int type = 1;
  int vrid = 51;
  int priority = 200;
  int interval = 20;  // version 3: centiseconds, version 2: seconds
  int reserve = 0;
  std::vector<Octets> addresses{};
  std::optional<int> count{};  // absent: of the addresses
  int auth_type = 0;           // version 2
  Octets auth_data = Octets(8, 0);
  Sum sum = Sum::pseudo_header;
  std::optional<std::uint16_t> checksum{};  // absent: the right one
  int checksum_error = 0;                   // is added to it
  std::optional<std::size_t> length{};      // the message is cut or filled before it is summed up
  // The way it travels
  Octets source{};
  Octets destination{};
  Octets link_source{};
  Octets link_destination{};
  int hops = 255;  // TTL or hop limit
  Octets options{};
  std::size_t padded_to = 0;  // of the Ethernet frame
};

[[nodiscard]] Octets message(const Stimulus& stimulus);
[[nodiscard]] Octets frame(const Stimulus& stimulus);

// The advertisement in an authentication header (RFC 2402, RFC 2338 section 5.3.6.3) as keepalived
// has it: the SPI is the source, the TTL is not zeroed for the digest.
struct AhFields {
  std::string password{};
  std::uint32_t sequence = 1;
  Octets spi{};  // empty: the source
  bool digest_right = true;
};
[[nodiscard]] Octets ah_frame(const Stimulus& stimulus, const AhFields& fields);

[[nodiscard]] Octets ethernet(const Octets& to, const Octets& from, std::uint16_t type,
                              const Octets& payload);
[[nodiscard]] Octets ip_packet(const Octets& source, const Octets& destination,
                               std::uint8_t protocol, int hops, const Octets& payload,
                               const Octets& options = {});
[[nodiscard]] Octets arp_request(const Octets& from, const Octets& sender, const Octets& target);
[[nodiscard]] Octets neighbour_solicitation(const Octets& from, const Octets& sender,
                                            const Octets& target);
// An ICMP or ICMPv6 echo request, by the addresses' family.
[[nodiscard]] Octets echo_request(const Octets& to, const Octets& from, const Octets& source,
                                  const Octets& destination);

struct Frame {
  Nanos at{};  // the kernel's time stamp, since the epoch
  Octets octets{};
};

struct IpPacket {
  Octets link_destination{}, link_source{};
  Octets source{}, destination{};
  int protocol = 0;
  int hops = 0;
  int traffic_class = 0;
  bool fragment = false;
  Octets payload{};
};

struct Advert {
  Nanos at{};
  IpPacket ip{};
  int version = 0, type = 0, vrid = 0, priority = 0, count = 0;
  int reserve = 0;              // version 3
  int interval = 0;             // version 3: centiseconds, version 2: seconds
  int auth_type = 0;            // version 2
  bool checksum_right = false;  // in the form of its version; of version 3 over IPv4 in either
};

struct Arp {
  Nanos at{};
  Octets link_destination{}, link_source{};
  int operation = 0;
  Octets sender_mac{}, sender{}, target_mac{}, target{};
};

struct NeighbourAdvert {
  Nanos at{};
  IpPacket ip{};
  bool router = false, solicited = false, override = false;
  Octets target{};
  Octets target_mac{};  // the target link-layer address option; empty: there is none
  bool checksum_right = false;
};

[[nodiscard]] std::optional<IpPacket> read_ip(const Frame& frame);
// Of whatever VRID; also one in an authentication header.
[[nodiscard]] std::optional<Advert> read_advert(const Frame& frame);
// How it is authenticated; `password` tells whether the digest is right.
[[nodiscard]] std::optional<AhFields> read_ah(const Frame& frame, const std::string& password);
[[nodiscard]] std::optional<Arp> read_arp(const Frame& frame);
[[nodiscard]] std::optional<NeighbourAdvert> read_neighbour_advert(const Frame& frame);
// Who answered the ping.
[[nodiscard]] std::optional<Octets> read_echo_reply(const Frame& frame);

}  // namespace redvip::conformance

// The words of the program as types: a number that knows what it is and cannot be out of range.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace redvip {

using Micros = std::chrono::microseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Centiseconds =
    std::chrono::duration<std::int64_t, std::centi>;  // the unit on the VRRPv3 wire

// A point on a monotonic clock that only the shell (or the simulator) can read. The origin means
// nothing; only differences do.
using Instant = std::chrono::time_point<struct MonotonicClock, Micros>;

template <class Tag, class Rep, Rep lowest, Rep highest>
class Bounded {
 public:
  static constexpr Rep min = lowest;
  static constexpr Rep max = highest;

  [[nodiscard]] static constexpr std::optional<Bounded> make(std::int64_t value) {
    if (value < static_cast<std::int64_t>(lowest) || value > static_cast<std::int64_t>(highest)) {
      return std::nullopt;
    }
    return Bounded{static_cast<Rep>(value)};
  }
  // For constants and values that are known to be in range: out of range is a bug.
  [[nodiscard]] static constexpr Bounded of(std::int64_t value) { return make(value).value(); }
  [[nodiscard]] constexpr Rep value() const { return value_; }
  auto operator<=>(const Bounded&) const = default;

 private:
  constexpr explicit Bounded(Rep value) : value_{value} {}
  Rep value_;
};

// RFC 9568 section 5.2.3 and 5.2.4. 0 says "I release", 255 is the address owner's.
using Vrid = Bounded<struct VridTag, std::uint8_t, 1, 255>;
using Priority = Bounded<struct PriorityTag, std::uint8_t, 0, 255>;

enum class Family : std::uint8_t { ipv4, ipv6 };

[[nodiscard]] constexpr const char* name(Family family) {
  return family == Family::ipv4 ? "IPv4" : "IPv6";
}

// An IP address. Two of one family compare as unsigned numbers, most significant octet first, as
// RFC 9568 6.4.3 asks.
class IpAddress {
 public:
  using V6 = std::array<std::uint8_t, 16>;  // in wire order

  constexpr IpAddress() = default;  // 0.0.0.0
  constexpr explicit IpAddress(std::uint32_t v4)
      : octets_{static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)} {}
  constexpr explicit IpAddress(const V6& octets) : family_{Family::ipv6}, octets_{octets} {}
  // Dotted quad, or RFC 4291 section 2.2; no names, zones or short forms of IPv4.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::ipv4; }
  // In wire order: 4 or 16.
  [[nodiscard]] std::span<const std::uint8_t> octets() const {
    return std::span{octets_}.first(is_v4() ? 4 : 16);
  }
  [[nodiscard]] std::uint32_t v4() const;  // host order; of an IPv6 address it is a bug
  [[nodiscard]] const V6& v6() const;      // of an IPv4 address it is a bug
  [[nodiscard]] bool link_local() const;   // 169.254.0.0/16, fe80::/10
  [[nodiscard]] bool multicast() const;    // 224.0.0.0/4, ff00::/8
  [[nodiscard]] std::string text() const;  // IPv6: RFC 5952
  auto operator<=>(const IpAddress&) const = default;

 private:
  Family family_ = Family::ipv4;
  V6 octets_{};  // of an IPv4 address the first four, the others 0
};

// An address with its prefix length, as written in virtual_ips and as the kernel stores it.
struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 32;  // 0..32, IPv6: 0..128

  [[nodiscard]] static std::optional<IpPrefix> parse(std::string_view text);  // "address/length"
  [[nodiscard]] bool contains(IpAddress other) const;  // never one of the other family
  [[nodiscard]] std::string text() const;
  auto operator<=>(const IpPrefix&) const = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  [[nodiscard]] std::string text() const;  // "10.0.0.1:6379", "[2001:db8::1]:6379"
  auto operator<=>(const Endpoint&) const = default;
};

// Of two that advertise the same service, the one that goes on: the higher priority, of equal ones
// the higher address (RFC 9568 6.4.3).
struct Rank {
  Priority priority;
  IpAddress address;
  auto operator<=>(const Rank&) const = default;
};

// Decimal, whole text, no sign beyond '-', no blanks. nullopt for anything else, overflow included.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace redvip

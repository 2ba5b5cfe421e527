// The words of the program as types: a number that knows what it is and cannot be out of range.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
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

// An IPv4 address, host byte order, so that comparing two compares them as RFC 9568 6.4.3 asks.
class Ipv4 {
 public:
  constexpr Ipv4() = default;
  constexpr explicit Ipv4(std::uint32_t host_order) : value_{host_order} {}
  // Dotted quad only; no names, no short forms.
  [[nodiscard]] static std::optional<Ipv4> parse(std::string_view text);
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  [[nodiscard]] std::string text() const;
  auto operator<=>(const Ipv4&) const = default;

 private:
  std::uint32_t value_ = 0;
};

// An address with its prefix length, as written in virtual_ips and as the kernel stores it.
struct Ipv4Prefix {
  Ipv4 address;
  std::uint8_t length = 32;  // 0..32

  [[nodiscard]] static std::optional<Ipv4Prefix> parse(std::string_view text);  // "a.b.c.d/n"
  [[nodiscard]] bool contains(Ipv4 other) const;
  [[nodiscard]] std::string text() const;
  auto operator<=>(const Ipv4Prefix&) const = default;
};

struct Endpoint {
  Ipv4 address;
  std::uint16_t port = 0;

  [[nodiscard]] std::string text() const;
  auto operator<=>(const Endpoint&) const = default;
};

// Decimal, whole text, no sign beyond '-', no blanks. nullopt for anything else, overflow included.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace redvip

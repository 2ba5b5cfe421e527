// Octets in network byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace redvip::vrrp {

using Octets = std::vector<std::uint8_t>;
using OctetView = std::span<const std::uint8_t>;

// The octets must be there: a view that is too short is a bug of the caller.
[[nodiscard]] inline std::uint16_t read_u16(OctetView octets, std::size_t at) {
  return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}
[[nodiscard]] inline std::uint32_t read_u32(OctetView octets, std::size_t at) {
  return std::uint32_t{read_u16(octets, at)} << 16 | read_u16(octets, at + 2);
}

inline void write_u16(Octets& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

inline void append(Octets& out, OctetView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}
inline void append_u16(Octets& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
inline void append_u32(Octets& out, std::uint32_t value) {
  append_u16(out, static_cast<std::uint16_t>(value >> 16));
  append_u16(out, static_cast<std::uint16_t>(value));
}

}  // namespace redvip::vrrp

// Whatever arrives, receive() answers, and what it accepts is within the ranges of the standard.
#include <cstddef>
#include <cstdint>

#include "vrrp/receive.hpp"

namespace {

constexpr redvip::Ipv4 self{0x0A000001};
constexpr redvip::Ipv4 peer{0x0A000005};

void check(std::span<const std::uint8_t> packet, bool unicast) {
  const redvip::vrrp::Expectation expected{redvip::Vrid::of(51),
                                           {redvip::Ipv4{0x0A000064}},
                                           redvip::Centiseconds{100},
                                           self,
                                           {peer},
                                           unicast};
  const auto received = redvip::vrrp::receive(packet, expected);
  if (!received) return;
  const auto& advertisement = received->advertisement;
  const auto interval = advertisement.max_advert_interval.count();
  if (advertisement.addresses.empty() || interval < 1 || interval > 4095) __builtin_trap();
  if (received->source != peer || advertisement.vrid != expected.vrid) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({data, size}, false);
  check({data, size}, true);
  return 0;
}

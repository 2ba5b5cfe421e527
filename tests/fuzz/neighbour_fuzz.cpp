// Whatever is on the link, parse_claim() survives it, and who claims an address has one to claim.
#include <cstddef>
#include <cstdint>

#include "netlink/neighbour.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto claim = redvip::netlink::parse_claim({data, size});
  if (claim && claim->address == redvip::IpAddress{}) __builtin_trap();
  return 0;
}

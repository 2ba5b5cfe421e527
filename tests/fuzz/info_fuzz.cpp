// Whatever a Redis answers, parse_info() survives it, and keeps the ranges of observation.hpp.
#include <cstddef>
#include <cstdint>

#include "redis/info.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto seen = redvip::redis::parse_info({reinterpret_cast<const char*>(data), size});
  if (!seen) return 0;
  if (seen->run_id.size() != 40 || seen->replid.size() != 40) __builtin_trap();
  if (seen->applied_offset() < 0 || seen->second_repl_offset < -1) __builtin_trap();
  if (seen->keys < 0 || seen->replica_priority < 0) __builtin_trap();
  return 0;
}

// Whatever bytes come, and however they are cut: a stream is read alike, to the same count or the
// same error; and nothing is counted twice.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "redis/replication_stream.hpp"

using redvip::redis::ReplicationStream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  ReplicationStream whole;
  const auto read = whole.read(bytes);
  const auto& count = whole.count();
  const auto total = static_cast<std::int64_t>(size);
  if (read ? count.bytes != total : count.bytes > total) __builtin_trap();
  if (count.command_bytes > count.bytes || count.commands < 0) __builtin_trap();

  ReplicationStream cut;
  const auto step = size == 0 ? 1 : 1 + data[0] % 7U;
  for (std::size_t at = 0; at < size; at += step) {
    if (!cut.read(bytes.substr(at, step))) break;
  }
  if (!(cut.count() == count) || cut.between_commands() != whole.between_commands()) {
    __builtin_trap();
  }
  if (const auto again = cut.read(""); again.has_value() != read.has_value()) __builtin_trap();
  if (const auto database = redvip::redis::database_after(bytes); database && *database < 0) {
    __builtin_trap();
  }
  return 0;
}

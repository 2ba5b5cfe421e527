// Any text at all is either a configuration or a list of errors.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/config_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto config = redvip::daemon::parse_config(
      text, "fuzz.toml", {.node = {}, .host_addresses = {redvip::IpAddress{0x0a4d0001}}});
  const bool accepted = config && !config->nodes.empty() && !config->services.empty();
  const bool refused = !config && !config.error().empty();
  if (!accepted && !refused) std::abort();
  return 0;
}

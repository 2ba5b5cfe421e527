#include "daemon/cli_names.hpp"

#include <iostream>

#include "daemon/config_file.hpp"
#include "daemon/status_health.hpp"

namespace redvip::daemon {

int print_names(const Invocation& asked) {
  const auto config =
      load_config(asked.config, {.node = {}, .host_addresses = {}, .purpose = Purpose::inspect});
  if (!config) return exit_usage;
  if (asked.kind == "services") {
    for (const auto& service : config->services) std::cout << service.name << '\n';
  } else if (asked.kind == "nodes") {
    for (const auto& node : config->nodes) std::cout << node.name << '\n';
  } else {
    return exit_usage;
  }
  return 0;
}

}  // namespace redvip::daemon

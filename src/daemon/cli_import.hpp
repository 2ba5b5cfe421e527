// redvip import: the files of a keepalived pair to redvip.toml on standard output, the diagnosis on
// standard error.
#pragma once

#include <string>
#include <vector>

namespace redvip::daemon {

// As typed; what each option means is in import/import.hpp.
struct ImportWords {
  std::vector<std::string> files;  // one or more
  std::vector<std::string> nodes, config_ids, scripts, ports, instances;
  bool vrrp3 = false;
};

// 0: converted, with remarks or without; 6: nothing was written to standard output, and why.
[[nodiscard]] int import_files(const ImportWords& words);

}  // namespace redvip::daemon

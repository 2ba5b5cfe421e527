// redvip.toml, read, checked and completed with defaults (DESIGN section 2). The keys themselves
// are in config_keys.cpp, the rules between them in config_rules.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/config.hpp"

namespace redvip::daemon {

enum class Purpose {
  run,      // to be a node: `self` must be found and password files are read
  examine,  // password files are read, `self` is not looked for
  inspect,  // to find the files of a daemon: works as any user, and while the network is down
};

struct LoadOptions {
  std::optional<std::string> node;        // --node NAME; otherwise `self` is found by address
  std::vector<IpAddress> host_addresses;  // of this host, to find `self` among the nodes
  Purpose purpose = Purpose::run;
};

// Which of the nodes this host is. Refused: none or more than one of them, or --node names none.
[[nodiscard]] Result<NodeIndex> find_self(const Config& config, const LoadOptions& options);

// Each error's `where` is path:line:column (counted from 1), or the path alone; its message names
// the key, what was found and what is allowed. All errors of one file are reported together, except
// that text that is not TOML is one error.
using LoadResult = tl::expected<Config, std::vector<Error>>;

// A file of at most 1 MiB; one error if it cannot be read.
[[nodiscard]] LoadResult load_config(const std::string& path, const LoadOptions& options);

// `path` only names the text in errors. Reads no file but the password files that the text names.
[[nodiscard]] LoadResult parse_config(std::string_view text, const std::string& path,
                                      const LoadOptions& options);

}  // namespace redvip::daemon

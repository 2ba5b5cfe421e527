// Secrets that systemd hands over (systemd.exec(5), LoadCredential=): what a `*_file` key may say
// instead of a path.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace redvip::daemon {

// An absolute path, or "credential:NAME"; NAME as is_name() has it.
[[nodiscard]] bool is_secret_place(std::string_view text);

// The path itself, or where the credential is: in $CREDENTIALS_DIRECTORY, which systemd gives to
// the service, or in /run/credentials/redvip.service for a command from root's shell. An error says
// why there is none: the unit does not load it, or the service does not run.
[[nodiscard]] Result<std::string> secret_path(const std::string& place);

}  // namespace redvip::daemon

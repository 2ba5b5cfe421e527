// Whether the redvip commands in a text exist: the command itself and each of its options.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli_help.hpp"

namespace redvip::docs {

// What is wrong with each of them, a sentence. Text that runs no redvip is fine.
[[nodiscard]] std::vector<std::string> unknown_words(const daemon::CommandLineHelp& all,
                                                     const std::string& shell_text);

}  // namespace redvip::docs

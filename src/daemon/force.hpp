// `redvip switchover --force`: a signal carries only a number, so the reason waits in a file.
#pragma once

#include <string>

#include "core/result.hpp"

namespace redvip::daemon {

// Added to the vrid in SIGUSR2's value.
inline constexpr int force_flag = 0x100;

// <runtime_dir>/force: written by the command, read and removed by the daemon. At most 500 bytes
// of one line count.
[[nodiscard]] Result<void> leave_reason(const std::string& runtime_dir, const std::string& reason);
[[nodiscard]] std::string take_reason(const std::string& runtime_dir);  // "no reason given" if none

}  // namespace redvip::daemon

// A stop that is for a restart, said beforehand in a file: a signal cannot carry it through
// systemd.
#pragma once

#include <string>

#include "core/result.hpp"

namespace redvip::daemon {

inline constexpr int restart_mark_seconds = 30;  // an older one is of a restart that never came

// <runtime_dir>/restart: written by `redvip prepare-restart`, read and removed by the daemon when
// it is told to stop.
[[nodiscard]] Result<void> leave_restart_mark(const std::string& runtime_dir);
[[nodiscard]] bool take_restart_mark(const std::string& runtime_dir);  // false: none, or too old

}  // namespace redvip::daemon

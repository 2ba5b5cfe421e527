// The files that the daemon writes: whole or not at all.
#pragma once

#include <optional>
#include <string>

#include "core/action.hpp"
#include "core/result.hpp"

namespace redvip::daemon {

// Creates the directory and its parents, mode 0755.
[[nodiscard]] Result<void> make_directory(const std::string& path);

// Writes `path`.tmp and renames it over `path`: a reader sees the old text or the new. With
// `durable`, the text is on the disk (fsync) before the rename.
[[nodiscard]] Result<void> write_whole(const std::string& path, const std::string& text,
                                       bool durable = false);

// Appends one line in one write(2).
[[nodiscard]] Result<void> append_line(const std::string& path, const std::string& line);

// <state_dir>/<service>.memory.json. A missing, unreadable or foreign file is no memory.
[[nodiscard]] std::optional<Memory> load_memory(const std::string& path);
[[nodiscard]] Result<void> save_memory(const std::string& path, const Memory& memory);

}  // namespace redvip::daemon

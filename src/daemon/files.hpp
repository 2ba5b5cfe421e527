// The files that the daemon writes: whole or not at all.
#pragma once

#include <string>

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

}  // namespace redvip::daemon

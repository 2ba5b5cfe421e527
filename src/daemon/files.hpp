// The files that the daemon writes: whole or not at all, with the mode 0640, so that the service's
// group may read them. What root makes in a folder of another user (`sudo redvip run`, once, in the
// service's state_dir) is given to that user and group: else the service could not go on with it.
#pragma once

#include <functional>
#include <string>

#include "core/result.hpp"

namespace redvip::daemon {

// Creates the directory and its parents, mode 0750.
[[nodiscard]] Result<void> make_directory(const std::string& path);

// Writes `path`.tmp and renames it over `path`: a reader sees the old text or the new. With
// `durable`, the text is on the disk (fsync) before the rename.
[[nodiscard]] Result<void> write_whole(const std::string& path, const std::string& text,
                                       bool durable = false);
// The same for a text that is told in parts.
using Part = std::function<void(const std::string&)>;
[[nodiscard]] Result<void> write_whole(const std::string& path,
                                       const std::function<void(const Part&)>& tell,
                                       bool durable = false);

// Appends one line in one write(2).
[[nodiscard]] Result<void> append_line(const std::string& path, const std::string& line);

// "cannot be read: <why>", by errno; where it is a matter of rights, with what to do about it.
[[nodiscard]] std::string cannot_be_read(int error);

}  // namespace redvip::daemon

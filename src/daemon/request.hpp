// What a command asks of the daemon. A signal carries only a number, so the rest waits in a file.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/types.hpp"

namespace redvip::daemon {

// Added to the vrid in the signal's value: there is a file to be read.
inline constexpr int request_flag = 0x100;

struct Request {
  std::string by;                 // who asks: a user's name
  std::string reason;             // one line; empty: none
  std::string to;                 // of a switchover: a node's name; empty: any
  bool force = false;             // of a switchover: past every check
  std::optional<Seconds> length;  // of a pause

  bool operator==(const Request&) const = default;
};

// <runtime_dir>/request: written by the command, read and removed by the daemon.
[[nodiscard]] Result<void> leave_request(const std::string& runtime_dir, const Request& request);
// Control characters are '?', and at most 500 bytes of a text count. Refused: no file, or none of
// ours.
[[nodiscard]] Result<Request> take_request(const std::string& runtime_dir);

}  // namespace redvip::daemon

// The command line: what was asked, and doing it.
#pragma once

#include <optional>
#include <string>
#include <variant>

namespace redvip::daemon {

enum class Verb { run, check, status, switchover, pause, resume, history };

struct Invocation {
  Verb verb = Verb::status;
  std::string config = "/etc/redvip/redvip.toml";
  std::optional<std::string> node;     // --node NAME
  std::optional<std::string> service;  // absent: all
  bool watch = false;
  bool json = false;
  bool offline = false;  // of check: the file alone
  bool force = false;
  std::string reason;  // why; kept in the history
  int count = 20;      // of history; at least 1
};

// Nothing left to do: help, a version or an error has been printed.
struct Done {
  int exit_code = 0;
};

// Prints help and the version to stdout, errors to stderr.
[[nodiscard]] std::variant<Invocation, Done> parse_command_line(int argc, const char* const* argv);

// Exit codes as in DESIGN section 3 (status_health.hpp).
[[nodiscard]] int run_cli(int argc, const char* const* argv);

}  // namespace redvip::daemon

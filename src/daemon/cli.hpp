// The command line: what was asked, and doing it.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/types.hpp"
#include "daemon/cli_import.hpp"

namespace redvip::daemon {

enum class Verb {
  run,
  check,
  status,
  explain,
  switchover,
  pause,
  resume,
  history,
  convert,          // redvip import
  release,          // for the unit, not listed in the help
  prepare_restart,  // for the package, not listed in the help
  names             // for the shells' completions, not listed in the help
};

struct Invocation {
  Verb verb = Verb::status;
  std::string config = "/etc/redvip/redvip.toml";
  std::optional<std::string> node;     // --node NAME
  std::optional<std::string> service;  // absent: all
  bool watch = false;
  bool json = false;
  bool offline = false;  // of check: the file alone
  bool force = false;
  bool dry_run = false;
  bool now = false;
  std::string to;                 // of a switchover: a node's name; empty: the best
  std::string reason;             // why; kept in the history
  std::optional<Seconds> length;  // of a pause
  std::optional<Seconds> since;   // of history: not older
  int count = 20;                 // of history; at least 1
  std::string kind;               // of names: services, nodes
  ImportWords to_import;
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

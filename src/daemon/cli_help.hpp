// The command line as data, taken from the parser itself: for --help, the manual page and the shell
// completions, which so cannot disagree with it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace redvip::daemon {

struct OptionHelp {
  std::vector<std::string> names;  // "-n", "--json"; of an argument without a name: none
  std::string value;               // FILE, NODE, SERVICE, COUNT ...; empty: a flag
  std::string fallback;            // empty: none
  std::string help;
  bool required = false;
  bool repeated = false;  // may be given more than once
};

struct ExampleHelp {
  std::string command;
  std::string meaning;  // a few words
};

struct CommandHelp {
  std::string name;
  std::string group;        // its heading; empty: not for people, left out of --help
  std::string summary;      // a line
  std::string explanation;  // some sentences; empty: the summary says all
  std::vector<ExampleHelp> examples;
  std::vector<OptionHelp> options;
};

struct CommandLineHelp {
  std::vector<OptionHelp> options;  // before any command
  std::vector<CommandHelp> commands;
};

// All that parse_command_line takes (cli.cpp), in its order.
[[nodiscard]] CommandLineHelp command_line_reference();

[[nodiscard]] CommandLineHelp describe(const CLI::App& app);
[[nodiscard]] std::string help_text(const CommandLineHelp& all);
[[nodiscard]] std::string help_text(const CommandHelp& command);

// "-n, --number COUNT", "[SERVICE]", "[FILE]...".
[[nodiscard]] std::string usage(const OptionHelp& option);

// Commands without an entry in the manual (cli_manual.cpp), and entries without a command: none, as
// a test sees to.
[[nodiscard]] std::vector<std::string> unexplained(const CommandLineHelp& all);

// A command's exit code and what it says, lowest first.
struct ExitCodeHelp {
  int code;
  std::string meaning;
};
[[nodiscard]] std::vector<ExitCodeHelp> exit_code_reference();

}  // namespace redvip::daemon

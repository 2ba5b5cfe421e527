// A shell script as simple commands: enough of sh(1) to see what it does with Redis, not to run it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redvip::keepalived {

// A command as it stands there: quotes, variables and substitutions not yet resolved.
struct RawCommand {
  std::vector<std::string> words;
  std::vector<std::string> redirections;  // the files behind < and >
  int line = 0;                           // from 1
  bool piped = false;                     // its output goes to the next command
  bool in_function = false;               // $1 is not the script's there
};

// Conditions, loops and case patterns are taken apart: what is left are the commands in the order
// of the text, also those of here-documents. "name()" is the command "function name".
[[nodiscard]] std::vector<RawCommand> shell_commands(std::string_view text);

// Behind the quotes that begin at `at`, and behind the closing brace or parenthesis that belongs to
// the one there; the end of the text if they stay open.
[[nodiscard]] std::size_t skip_quoted(std::string_view text, std::size_t at);
[[nodiscard]] std::size_t skip_nested(std::string_view text, std::size_t at, char open, char close);

}  // namespace redvip::keepalived

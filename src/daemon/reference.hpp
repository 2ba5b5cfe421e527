// What is written from the program's own tables and never by hand: the manual pages, the shells'
// completions, and the parts of docs/ between markers. packaging/redvip_reference.cpp writes the
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "daemon/cli_help.hpp"

namespace redvip::daemon {

// roff, of the macros man(7). `date` is the page's, as 2026-11-22.
[[nodiscard]] std::string manual_of_commands(const CommandLineHelp& all, std::string_view date);
[[nodiscard]] std::string manual_of_configuration(std::string_view date);

[[nodiscard]] std::string bash_completion(const CommandLineHelp& all);
[[nodiscard]] std::string zsh_completion(const CommandLineHelp& all);

// What a shell offers for a value: the kind of names that `redvip _names` prints, or files.
enum class Offer { nothing, files, services, nodes };
[[nodiscard]] Offer offer_for(const OptionHelp& option);

// Markdown, to stand between `<!-- generated: NAME -->` and `<!-- end -->`.
struct DocumentPart {
  std::string name;
  std::string text;
};
[[nodiscard]] std::vector<DocumentPart> document_parts();

// The document with what stands between its markers replaced. Refused: a name that is no part's, a
// marker without its end.
[[nodiscard]] Result<std::string> with_parts(const std::string& markdown);

// The smallest complete configuration, for the manual.
[[nodiscard]] std::string_view smallest_configuration();

}  // namespace redvip::daemon

// keepalived.conf as statements and blocks. keepalived guesses on when a brace is missing or a
// block is not known, and loses what follows; here both are errors, with the line where the block
// began.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/import/keywords.hpp"
#include "daemon/import/lines.hpp"

namespace redvip::keepalived {

struct Statement {
  Place at;
  std::string text;                // the whole line, without the brace
  std::vector<std::string> words;  // as plain_words(); never empty
  bool cut_in_word = false;        // "abc#def" was its last word
  bool has_block = false;
  std::vector<Statement> block;

  [[nodiscard]] const std::string& keyword() const { return words.front(); }
  // What is behind the keyword, quotes and all.
  [[nodiscard]] std::string_view rest() const;
  // For messages: the keyword and one value. What else is there may be a password.
  [[nodiscard]] std::string shown() const;
};

// A word of the file as it stands in a message: `word`.
// Not `quoted`: std::quoted would be found first for a std::string.
[[nodiscard]] std::string in_quotes(std::string_view word);

// The statements of the file; those of Fate::ours and Fate::dropped have been told already, unknown
// words too. With an error in the diagnosis the tree may lack parts.
[[nodiscard]] std::vector<Statement> parse_tree(const std::vector<Line>& lines,
                                                Diagnosis& diagnosis);

}  // namespace redvip::keepalived

// Characters and words of keepalived.conf, taken apart as keepalived 2.2 and later does it. What
// its parser loses without a word is told to the caller.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redvip::keepalived {

[[nodiscard]] bool is_blank(char c);  // a space or a tab
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string_view first_word(std::string_view text);

// A line without its comment. '#' and '!' begin one anywhere but inside "..." or after a backslash.
struct Bare {
  std::string text;          // without blanks around it
  bool cut_in_word = false;  // the comment began right after another character: "abc#def"
  bool open_quote = false;   // a " without its partner
};
[[nodiscard]] Bare without_comment(std::string_view line);

// Typographic quotes made straight, and no-break and full-width spaces made blanks, as a page on
// the web has them. nullopt: there are none.
[[nodiscard]] std::optional<std::string> straightened(const std::string& text);

// What shows that the file is a template which nobody has filled in: "{{ x }}", "${X:-1}" ...
[[nodiscard]] std::optional<std::string> template_mark(std::string_view text);

// Where the first brace outside "..." is.
[[nodiscard]] std::size_t find_brace(std::string_view text);

// The words of most directives: "a b" is one, without its quotes; ' is a letter like any other.
[[nodiscard]] std::vector<std::string> plain_words(std::string_view text);

// The words of `script` and `notify*`: both kinds of quotes, pieces side by side are one word, and
// escapes as in C.
[[nodiscard]] std::vector<std::string> quoted_words(std::string_view text);

// The first of the quoted words is split once more, at its blanks but not inside '...'.
[[nodiscard]] std::vector<std::string> command_words(const std::string& command);

// A decimal number such as "1", "0.1", "-5", "+3"; nothing after it.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);
[[nodiscard]] std::optional<int> parse_number(std::string_view text);

// on, true, yes: true; off, false, no: false; anything else: nullopt. Case counts.
[[nodiscard]] std::optional<bool> parse_switch(std::string_view word);

[[nodiscard]] bool is_digit(char c);
[[nodiscard]] bool is_name_letter(char c);               // of a variable: a letter, a digit or '_'
[[nodiscard]] std::string lower(std::string_view text);  // of ASCII

// "x" of "/usr/bin/x".
[[nodiscard]] std::string base_name(std::string_view path);

template <std::size_t n>
[[nodiscard]] bool one_of(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// "a, b, c"; with another separator "a b c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words,
                                 std::string_view separator = ", ");

}  // namespace redvip::keepalived

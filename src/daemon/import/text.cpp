#include "daemon/import/text.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "core/types.hpp"

namespace redvip::keepalived {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

std::optional<int> hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The character that an escape stands for; `at` is behind the backslash and moves on.
char escaped(std::string_view text, std::size_t& at) {
  constexpr std::string_view letters = "abEfnrtv";
  constexpr std::string_view meaning = "\a\b\x1b\f\n\r\t\v";
  const char c = text[at++];
  if (const auto letter = letters.find(c); letter != letters.npos) return meaning[letter];
  int value = 0;
  if (c >= '0' && c <= '7') {
    value = c - '0';
    for (int more = 0; more < 2 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++more) {
      value = value * 8 + (text[at++] - '0');
    }
    return static_cast<char>(value);
  }
  if (c == 'x' && at < text.size() && hex_digit(text[at])) {
    while (at < text.size() && hex_digit(text[at])) {
      value = (value * 16 + *hex_digit(text[at++])) % 256;
    }
    return static_cast<char>(value);
  }
  if (c == 'c' && at < text.size()) return static_cast<char>(text[at++] & 0x1f);
  return c;
}

// [NAME] or <NAME> as a whole word, in capitals.
bool is_placeholder(std::string_view word) {
  if (word.size() < 4) return false;
  const bool bracketed =
      (word.front() == '[' && word.back() == ']') || (word.front() == '<' && word.back() == '>');
  const auto inner = word.substr(1, word.size() - 2);
  return bracketed && is_upper(inner.front()) && std::ranges::all_of(inner, [](char c) {
           return is_upper(c) || is_digit(c) || c == '_' || c == '-';
         });
}

}  // namespace

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view first_word(std::string_view text) {
  text = trimmed(text);
  return text.substr(0, text.find_first_of(" \t"));
}

Bare without_comment(std::string_view line) {
  Bare bare;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\\' && at + 1 < line.size()) {
      const char next = line[at + 1];
      if (quoted || (next != '#' && next != '!')) bare.text += c;
      bare.text += next;
      ++at;
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '#' || c == '!')) break;
    bare.text += c;
  }
  bare.cut_in_word = at < line.size() && !bare.text.empty() && !is_blank(bare.text.back());
  bare.open_quote = quoted;
  bare.text = std::string{trimmed(bare.text)};
  return bare;
}

std::optional<std::string> straightened(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> typographic{{
      {"\xe2\x80\x9c", "\""},
      {"\xe2\x80\x9d", "\""},
      {"\xe2\x80\x9e", "\""},
      {"\xe2\x80\x98", "'"},
      {"\xe2\x80\x99", "'"},
      {"\xc2\xab", "\""},
      {"\xc2\xbb", "\""},
      {"\xc2\xa0", " "},
      {"\xe3\x80\x80", " "},
      {"\xe2\x80\xaf", " "},
      {"\xe2\x80\x8b", ""},
      {"\xef\xbb\xbf", ""},
  }};
  std::string result;
  bool changed = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = std::string_view{text}.substr(at);
    const auto found = std::ranges::find_if(
        typographic, [rest](const auto& entry) { return rest.starts_with(entry.first); });
    if (found == typographic.end()) {
      result += text[at++];
    } else {
      result += found->second;
      at += found->first.size();
      changed = true;
    }
  }
  return changed ? std::optional{std::string{trimmed(result)}} : std::nullopt;
}

std::optional<std::string> template_mark(std::string_view text) {
  for (const auto* mark : {"{{", "{%", "<%"}) {
    if (text.find(mark) != text.npos) return mark;
  }
  for (auto at = text.find("${"); at != text.npos; at = text.find("${", at + 1)) {
    auto end = at + 2;
    while (end < text.size() && is_name_letter(text[end])) ++end;
    // "${_RANDOM 1 5}" is keepalived's own.
    if (end < text.size() && text[end] != '}' && !is_blank(text[end])) {
      return std::string{text.substr(at, text.find('}', at) - at + 1)};
    }
  }
  for (const auto& word : plain_words(text)) {
    if (is_placeholder(word)) return word;
  }
  return std::nullopt;
}

std::size_t find_brace(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && (text[at] == '{' || text[at] == '}')) return at;
  }
  return text.npos;
}

std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const bool quoted = text[at] == '"';
    const auto begin = quoted ? at + 1 : at;
    const auto end = std::min(text.find_first_of(quoted ? "\"" : " \t\"", begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    at = quoted ? end + 1 : end;
  }
  return words;
}

std::vector<std::string> quoted_words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (quote == '\0' && is_blank(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && at < text.size()) {
      words.back() += escaped(text, at);
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::vector<std::string> command_words(const std::string& command) {
  std::vector<std::string> words;
  bool inside = false;
  bool quoted = false;
  for (const char c : command) {
    if (!quoted && is_blank(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == '\'') {
      quoted = !quoted;
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::optional<double> parse_decimal(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = parse_integer(text);
  if (!value || std::abs(*value) > 1'000'000'000) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<bool> parse_switch(std::string_view word) {
  if (word == "on" || word == "true" || word == "yes") return true;
  if (word == "off" || word == "false" || word == "no") return false;
  return std::nullopt;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(),
                         [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string base_name(std::string_view path) {
  return std::string{path.substr(path.rfind('/') + 1)};
}

std::string listed(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

}  // namespace redvip::keepalived

#include "daemon/import/shell_words.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "daemon/import/shell_commands.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

class Expander {
 public:
  Expander(std::string_view raw, bool with_arguments, const Variables& variables)
      : raw_{raw}, with_arguments_{with_arguments}, variables_{variables} {}

  std::vector<std::string> expand() {
    while (at_ < raw_.size()) step();
    return std::move(words_);
  }

 private:
  void step() {
    const char c = raw_[at_];
    if (c == '\'' && !quoted_) {
      const auto close = std::min(raw_.find('\'', at_ + 1), raw_.size());
      append(raw_.substr(at_ + 1, close - at_ - 1));
      at_ = std::min(close + 1, raw_.size());
    } else if (c == '"') {
      quoted_ = !quoted_;
      append({});
      ++at_;
    } else if (c == '\\' && at_ + 1 < raw_.size()) {
      // Within double quotes it is kept before all but these (POSIX, Shell Command Language 2.2.3).
      const bool kept =
          quoted_ && std::string_view{"$`\"\\\n"}.find(raw_[at_ + 1]) == std::string_view::npos;
      append(kept ? raw_.substr(at_, 2) : raw_.substr(at_ + 1, 1));
      at_ += 2;
    } else if (c == '`') {
      const auto end = skip_quoted(raw_, at_);
      substitute(raw_.substr(at_ + 1, end - at_ - 1));
      at_ = end;
    } else if (c == '$') {
      dollar();
    } else {
      append(raw_.substr(at_++, 1));
    }
  }

  void dollar() {
    const auto behind = raw_.substr(at_ + 1);
    if (behind.starts_with('(')) {
      const auto end = skip_nested(raw_, at_ + 1, '(', ')');
      substitute(raw_.substr(at_ + 2, end - at_ - 2));
      at_ = end;
    } else if (behind.starts_with('{')) {
      const auto end = skip_nested(raw_, at_ + 1, '{', '}');
      value(raw_.substr(at_ + 2, end - at_ - 3));
      at_ = end;
    } else {
      const auto letters = std::ranges::find_if_not(behind, is_name_letter) - behind.begin();
      const auto length = behind.empty()              ? std::size_t{0}
                          : is_name_letter(behind[0]) ? static_cast<std::size_t>(letters)
                                                      : std::size_t{1};
      // $12 is $1 and a 2.
      const bool digit = length > 0 && behind[0] >= '0' && behind[0] <= '9';
      value(behind.substr(0, digit ? 1 : length));
      at_ += 1 + (digit ? 1 : length);
    }
  }

  void substitute(std::string_view text) {
    if (text.ends_with(')') || text.ends_with('`')) text.remove_suffix(1);
    if (variables_.substituted) variables_.substituted(text);
    append(std::string_view{&unknown_value, 1});
  }

  // NAME, 1, NAME:-otherwise.
  void value(std::string_view name) {
    const auto end = std::ranges::find_if_not(name, is_name_letter) - name.begin();
    const auto operation = name.substr(static_cast<std::size_t>(end));
    name = name.substr(0, static_cast<std::size_t>(end));
    auto found = lookup(name);
    if (!found && operation.starts_with(":-")) found = std::string{trimmed(operation.substr(2))};
    if (!found || name.empty()) found = std::string{unknown_value};
    if (quoted_) return append(*found);
    // Unquoted: its blanks part words.
    std::string_view rest = *found;
    for (bool first = true; !rest.empty(); first = false) {
      const auto blank = std::min(rest.find_first_of(" \t\n"), rest.size());
      if (!first) begun_ = false;
      if (blank > 0) append(rest.substr(0, blank));
      rest = blank < rest.size() ? rest.substr(blank + 1) : std::string_view{};
    }
  }

  std::optional<std::string> lookup(std::string_view name) const {
    std::size_t index = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error == std::errc{} && stop == name.data() + name.size()) {
      if (!with_arguments_ || index >= variables_.arguments.size()) return std::nullopt;
      return variables_.arguments[index];
    }
    const auto found = variables_.values.find(name);
    if (found == variables_.values.end()) return std::nullopt;
    return found->second;
  }

  // What grows beyond all bounds is no value that we look for.
  void append(std::string_view text) {
    constexpr std::size_t longest = 4096;
    if (!begun_) words_.emplace_back();
    begun_ = true;
    length_ += text.size();
    if (length_ < longest) words_.back() += text;
  }

  std::string_view raw_;
  bool with_arguments_;
  const Variables& variables_;
  std::size_t at_ = 0;
  bool quoted_ = false;
  bool begun_ = false;
  std::size_t length_ = 0;
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> expand_word(std::string_view raw, bool with_arguments,
                                     const Variables& variables) {
  return Expander{raw, with_arguments, variables}.expand();
}

}  // namespace redvip::keepalived

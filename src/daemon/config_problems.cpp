#include "daemon/config_problems.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace redvip::daemon {

bool Problems::refused(Position at) const {
  return std::ranges::find(found_, at, &Problem::at) != found_.end();
}

std::vector<Error> Problems::errors(const std::string& path) const {
  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, &Problem::at);
  std::vector<Error> errors;
  for (const auto& [at, text] : sorted) errors.push_back({text, place(path, at)});
  return errors;
}

namespace {

struct Describe {
  std::string operator()(const std::string& text) const { return '"' + text + '"'; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    std::ostringstream text;
    text << number;
    return text.str();
  }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(TomlDate) const { return "a date or time"; }
  std::string operator()(const TomlValue::Array&) const { return "an array"; }
  std::string operator()(const TomlValue::Table&) const { return "a table"; }
};

// Levenshtein's: how many letters to insert, delete or replace.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string describe(const TomlValue& value) {
  return std::visit(Describe{}, value.data);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::size_t longest_key = 64;  // beyond it the word is no misspelling, only work
  if (known.empty() || word.size() > longest_key) return {};
  const auto nearest = std::ranges::min(
      known, {}, [word](std::string_view candidate) { return distance(word, candidate); });
  const bool near = distance(word, nearest) <= std::max<std::size_t>(2, word.size() / 3);
  return near ? "; did you mean " + std::string{nearest} + "?" : std::string{};
}

}  // namespace redvip::daemon

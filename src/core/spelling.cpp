#include "core/spelling.hpp"

#include <algorithm>
#include <numeric>

namespace redvip {
namespace {

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

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::size_t longest_key = 64;  // beyond it the word is no misspelling, only work
  if (known.empty() || word.size() > longest_key) return {};
  const auto nearest = std::ranges::min(
      known, {}, [word](std::string_view candidate) { return distance(word, candidate); });
  const bool near = distance(word, nearest) <= std::max<std::size_t>(2, word.size() / 3);
  return near ? "; did you mean " + std::string{nearest} + "?" : std::string{};
}

}  // namespace redvip

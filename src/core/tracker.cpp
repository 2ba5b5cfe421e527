#include "core/tracker.hpp"

#include <algorithm>

#include "core/types.hpp"

namespace redvip {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// For a log line.
std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result{text.substr(0, longest)};
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > longest ? '"' + result + "\"..." : '"' + result + '"';
}

}  // namespace

bool Tracker::take(const Result<void>& result) {
  const auto told = result ? TrackState::up : TrackState::down;
  if (told == state_) {
    opposed_ = 0;
    if (!result) why_ = result.error().message;
    return false;
  }
  const int needed = result ? rise_ : fall_;
  if (state_ != TrackState::unknown && ++opposed_ < needed) return false;
  state_ = told;
  opposed_ = 0;
  why_ = result ? std::string{} : result.error().message;
  return true;
}

Result<void> judge_track_file(std::string_view content) {
  const auto text = trimmed(content);
  const auto number = parse_integer(text);
  if (content.size() >= track_file_limit) return failure("is too long, holds " + shown(text));
  if (!text.empty() && !number) return failure("holds " + shown(text) + ", which is not a number");
  if (number.value_or(0) != 0) return failure("holds " + std::to_string(*number) + ", not 0");
  return {};
}

}  // namespace redvip

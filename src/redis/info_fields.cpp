#include "redis/info_fields.hpp"

#include <algorithm>

#include "core/types.hpp"

namespace redvip::redis {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The text up to `separator`, which is removed along with it.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

}  // namespace

InfoFields::InfoFields(std::string_view text) {
  constexpr std::size_t usual = 128;
  lines_.reserve(usual);
  while (!text.empty()) {
    auto line = take(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    lines_.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
  std::ranges::stable_sort(lines_, {}, &Line::first);
}

std::string InfoFields::text(std::string_view name) {
  if (!has(name)) report("INFO has no " + std::string{name});
  return std::string{text_or(name, "")};
}

std::string InfoFields::hex40(std::string_view name) {
  auto value = text(name);
  if (value.size() != 40 || !std::ranges::all_of(value, is_hex_digit)) {
    malformed(name, value, "40 hexadecimal digits");
  }
  return value;
}

std::int64_t InfoFields::number(std::string_view name, Range range) {
  return checked(name, text(name), range);
}

bool InfoFields::flag(std::string_view name) {
  return number(name, {0, 1}) == 1;
}

bool InfoFields::choice(std::string_view name, std::string_view yes, std::string_view no) {
  const auto value = text(name);
  if (value != yes && value != no) {
    malformed(name, value, std::string{yes} + " or " + std::string{no});
  }
  return value == yes;
}

std::string_view InfoFields::text_or(std::string_view name, std::string_view absent) const {
  const auto* found = find(name);
  return found == nullptr ? absent : found->second;
}

const InfoFields::Line* InfoFields::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(lines_, name, {}, &Line::first);
  return found == lines_.end() || found->first != name ? nullptr : &*found;
}

std::int64_t InfoFields::number_or(std::string_view name, std::int64_t absent, Range range) {
  return has(name) ? number(name, range) : absent;
}

bool InfoFields::flag_or(std::string_view name, bool absent) {
  return has(name) ? flag(name) : absent;
}

InfoFields::Lines InfoFields::numbered(std::string_view prefix) const {
  Lines found;
  auto at = std::ranges::lower_bound(lines_, prefix, {}, &Line::first);
  for (; at != lines_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    const auto digits = at->first.substr(prefix.size());
    if (!digits.empty() && std::ranges::all_of(digits, is_digit)) found.push_back(*at);
  }
  return found;
}

std::string_view InfoFields::part(std::string_view line, std::string_view key) {
  while (!line.empty()) {
    auto value = take(line, ',');
    if (take(value, '=') == key) return value;
  }
  return {};
}

std::int64_t InfoFields::part_number(std::string_view name, std::string_view line,
                                     std::string_view key, Range range) {
  return checked(std::string{name} + ' ' + std::string{key}, part(line, key), range);
}

std::int64_t InfoFields::checked(std::string_view name, std::string_view value, Range range) {
  const auto number = parse_integer(value);
  if (number && *number >= range.lowest && *number <= range.highest) return *number;
  malformed(
      name, value,
      "a number from " + std::to_string(range.lowest) + " to " + std::to_string(range.highest));
  return range.lowest;
}

void InfoFields::malformed(std::string_view name, std::string_view value,
                           const std::string& allowed) {
  constexpr std::size_t enough_to_recognise = 80;
  report("INFO says " + std::string{name} + ":" +
         std::string{value.substr(0, enough_to_recognise)} + ", not " + allowed);
}

void InfoFields::report(std::string message) {
  if (!problem_) problem_ = Error{std::move(message), {}};
}

}  // namespace redvip::redis

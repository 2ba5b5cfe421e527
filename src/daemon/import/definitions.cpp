#include "daemon/import/definitions.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

std::string_view name_at(std::string_view text) {
  if (text.empty() || !is_name_letter(text.front()) || is_digit(text.front())) return {};
  const auto end = std::ranges::find_if_not(text, is_name_letter);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// A use of a name: where it stands and how long it is, with '$' and braces.
struct Use {
  std::string_view name;
  std::size_t at = 0;
  std::size_t length = 0;
};

std::optional<Use> use_at(std::string_view text, std::size_t at) {
  const auto behind = text.substr(at + 1);
  if (behind.starts_with('{')) {
    const auto name = name_at(behind.substr(1));
    if (name.empty() || !behind.substr(1 + name.size()).starts_with('}')) return std::nullopt;
    return Use{name, at, name.size() + 3};
  }
  const auto name = name_at(behind);
  const auto next = behind.substr(name.size());
  if (name.empty()) return std::nullopt;
  if (!next.empty() && !is_blank(next.front()) && next.front() != ',' && next.front() != ')') {
    return std::nullopt;
  }
  return Use{name, at, name.size() + 1};
}

// "a, {b, c}, d" at its commas, but not those inside braces. nullopt: braces do not match.
std::optional<std::vector<std::string>> split_list(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '{' ? 1 : 0;
    depth -= c == '}' ? 1 : 0;
    if (depth < 0 || depth > 1) return std::nullopt;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (auto& part : parts) part = std::string{trimmed(part)};
  return depth == 0 ? std::optional{parts} : std::nullopt;
}

// One value, or as many as stand in braces.
std::optional<std::vector<std::string>> one_or_braced(std::string_view part) {
  if (!part.starts_with('{')) return std::vector{std::string{part}};
  if (!part.ends_with('}')) return std::nullopt;
  return split_list(part.substr(1, part.size() - 2));
}

std::optional<long> parse_step(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  long value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  constexpr long largest = 1'000'000'000;
  if (error != std::errc{} || stop != end || value < 0 || value > largest) return std::nullopt;
  return negative ? -value : value;
}

std::string in_base(long value, int base) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  return {digits, end};
}

using Rounds = std::vector<std::vector<Definition>>;

// SEQ(v, [start,] [step,] end): start is 1 and step 1 where left out, or both -1 downwards.
std::optional<Rounds> sequence(const std::vector<std::string>& parts, int base, std::size_t most) {
  if (parts.size() < 2 || parts.size() > 4) return std::nullopt;
  std::vector<long> numbers;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto number = parse_step(parts[i]);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  const long end = numbers.back();
  const long start = numbers.size() > 1 ? numbers.front() : end > 0 ? 1 : -1;
  const long step = numbers.size() > 2 ? numbers[1] : end >= start ? 1 : -1;
  if (step == 0 || name_at(parts[0]) != parts[0] || parts[0].empty()) return std::nullopt;
  Rounds rounds;
  for (long value = start; step > 0 ? value <= end : value >= end; value += step) {
    if (rounds.size() == most) return std::nullopt;
    rounds.push_back({{parts[0], in_base(value, base)}});
  }
  return rounds;
}

std::optional<Rounds> list(const std::vector<std::string>& parts, std::size_t most) {
  const auto names = one_or_braced(parts[0]);
  if (!names || parts.size() < 2 || parts.size() > most) return std::nullopt;
  for (const auto& name : *names) {
    if (name.empty() || name_at(name) != name) return std::nullopt;
  }
  Rounds rounds;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto values = one_or_braced(parts[i]);
    if (!values || values->size() != names->size()) return std::nullopt;
    rounds.emplace_back();
    for (std::size_t n = 0; n < names->size(); ++n) {
      rounds.back().push_back({(*names)[n], (*values)[n]});
    }
  }
  return rounds;
}

}  // namespace

std::optional<Definition> parse_definition(std::string_view line) {
  if (!line.starts_with('$')) return std::nullopt;
  const auto name = name_at(line.substr(1));
  const auto behind = line.substr(1 + name.size());
  if (name.empty() || !behind.starts_with('=')) return std::nullopt;
  return Definition{std::string{name}, std::string{trimmed(behind.substr(1))}};
}

void Definitions::set(const std::string& name, std::vector<std::string> lines) {
  values_[name] = std::move(lines);
}

std::optional<std::vector<std::string>> Definitions::expand(std::string_view text) const {
  for (auto at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
    const auto use = use_at(text, at);
    const auto value = use ? values_.find(use->name) : values_.end();
    if (value == values_.end()) continue;
    auto lines = value->second;
    if (lines.empty()) lines.emplace_back();
    lines.front().insert(0, text.substr(0, at));
    lines.back() += text.substr(at + use->length);
    return lines;
  }
  return std::nullopt;
}

std::optional<std::string> undefined_name(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (quoted || text[at] != '$' || !text.substr(at + 1).starts_with('{')) continue;
    return std::string{text.substr(at, text.find('}', at) - at + 1)};
  }
  return std::nullopt;
}

bool is_repetition(std::string_view line) {
  return line.starts_with("~SEQ") || line.starts_with("~LST");
}

std::optional<Repetition> parse_repetition(std::string_view line, std::size_t most) {
  const auto open = line.find('(');
  const auto close = line.find(')');
  if (open == line.npos || close == line.npos || close < open) return std::nullopt;
  const auto head = trimmed(line.substr(0, open));
  const auto parts = split_list(line.substr(open + 1, close - open - 1));
  if (!parts) return std::nullopt;
  std::optional<Rounds> rounds;
  if (head == "~SEQ") rounds = sequence(*parts, 10, most);
  if (head == "~SEQx") rounds = sequence(*parts, 16, most);
  if (head == "~LST") rounds = list(*parts, most);
  if (!rounds) return std::nullopt;
  return Repetition{*std::move(rounds), std::string{trimmed(line.substr(close + 1))}};
}

}  // namespace redvip::keepalived

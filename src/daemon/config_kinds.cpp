#include "daemon/config_kinds.hpp"

#include <array>

namespace redvip::daemon {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t micros;
};
// "us" and "ms" before "s", which they end with.
constexpr std::array<Unit, 6> units{{{"us", 1},
                                     {"ms", 1'000},
                                     {"s", 1'000'000},
                                     {"m", 60'000'000},
                                     {"h", 3'600'000'000},
                                     {"d", 86'400'000'000}}};

// "40.95" of a unit; nullopt unless it is a plain decimal and a whole number of microseconds.
std::optional<Micros> scale(std::string_view number, std::int64_t unit) {
  constexpr std::size_t most_digits = 8;  // 10^8 days still fit 64 bits of microseconds
  const auto dot = number.find('.');
  const auto whole = number.substr(0, dot);
  const auto fraction = dot == std::string_view::npos ? "0" : number.substr(dot + 1);
  if (whole.find('-') != std::string_view::npos || fraction.find('-') != std::string_view::npos ||
      whole.size() > most_digits || fraction.size() > most_digits) {
    return std::nullopt;
  }
  const auto units_given = parse_integer(whole);
  const auto parts = parse_integer(fraction);
  if (!units_given || !parts) return std::nullopt;
  std::int64_t divisor = 1;
  for (std::size_t i = 0; i < fraction.size(); ++i) divisor *= 10;
  if ((*parts * unit) % divisor != 0) return std::nullopt;
  return Micros{*units_given * unit + *parts * unit / divisor};
}

}  // namespace

std::optional<Micros> parse_duration(std::string_view text) {
  for (const auto& unit : units) {
    if (!text.ends_with(unit.name)) continue;
    return scale(text.substr(0, text.size() - unit.name.size()), unit.micros);
  }
  return std::nullopt;
}

std::string duration_text(Micros duration) {
  const auto count = duration.count();
  if (count != 0 && count < 1'000) return std::to_string(count) + "us";
  if (count != 0 && count < 1'000'000) return std::to_string(count / 1'000) + "ms";
  std::string text = std::to_string(count / 1'000'000);
  const auto hundredths = (count / 10'000) % 100;
  if (hundredths != 0) {
    text += (hundredths < 10 ? ".0" : ".") + std::to_string(hundredths);
  }
  return text + 's';
}

std::string allowed_durations(const DurationRange& range) {
  std::string text = "a duration with its unit, such as \"100ms\" or \"3s\", from " +
                     duration_text(range.lowest) + " to " + duration_text(range.highest);
  if (range.step > Micros{1}) text += " in steps of " + duration_text(range.step);
  return text;
}

std::optional<Micros> read_duration(const TomlValue& value, const DurationRange& range) {
  const auto* text = std::get_if<std::string>(&value.data);
  const auto found = text == nullptr ? std::nullopt : parse_duration(*text);
  if (!found || *found < range.lowest || *found > range.highest) return std::nullopt;
  if (*found % range.step != Micros{0}) return std::nullopt;
  return found;
}

}  // namespace redvip::daemon

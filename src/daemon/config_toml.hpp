// TOML text as a plain tree that remembers where each thing stands. Only config_toml.cpp knows the
// TOML library, so nothing else pays for compiling it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"

namespace redvip::daemon {

// Counted from 1, as editors do.
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

struct TomlEntry;
struct TomlDate {};  // any date or time: no key takes one

struct TomlValue {
  using Array = std::vector<TomlValue>;
  using Table = std::vector<TomlEntry>;

  Position at;
  std::variant<std::string, std::int64_t, double, bool, TomlDate, Array, Table> data;
};

struct TomlEntry {
  std::string key;
  Position at;  // of the key; value.at is the value's
  TomlValue value;
};

// Refused: text that is not TOML 1.0 (toml.io), at `path`:line:column. The library stops at the
// first such place.
[[nodiscard]] Result<TomlValue> parse_toml(std::string_view text, const std::string& path);

// The entry of a table, or nullptr when it has none or `value` is no table.
[[nodiscard]] const TomlEntry* find_entry(const TomlValue& value, std::string_view key);

[[nodiscard]] std::string place(const std::string& path, Position at);  // path:line:column

}  // namespace redvip::daemon

#include "daemon/config_toml.hpp"

#include <toml++/toml.h>
#include <algorithm>

namespace redvip::daemon {

namespace {

Position position(const toml::source_region& source) {
  // The root and implicit tables have no place of their own; they begin where the file does.
  if (!source.begin) return {};
  return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

TomlValue convert(const toml::node& node);

TomlValue::Table convert_table(const toml::table& table) {
  TomlValue::Table entries;
  for (const auto& [key, value] : table) {
    entries.push_back({std::string{key.str()}, position(key.source()), convert(value)});
  }
  return entries;
}

TomlValue::Array convert_array(const toml::array& array) {
  TomlValue::Array values;
  for (const auto& value : array) values.push_back(convert(value));
  return values;
}

TomlValue convert(const toml::node& node) {
  const Position at = position(node.source());
  if (const auto* table = node.as_table()) return {at, convert_table(*table)};
  if (const auto* array = node.as_array()) return {at, convert_array(*array)};
  if (const auto* text = node.as_string()) return {at, text->get()};
  if (const auto* integer = node.as_integer()) return {at, integer->get()};
  if (const auto* real = node.as_floating_point()) return {at, real->get()};
  if (const auto* boolean = node.as_boolean()) return {at, boolean->get()};
  return {at, TomlDate{}};
}

}  // namespace

Result<TomlValue> parse_toml(std::string_view text, const std::string& path) {
  try {
    return convert(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return failure("this is not TOML: " + std::string{error.description()},
                   place(path, position(error.source())));
  }
}

const TomlEntry* find_entry(const TomlValue& value, std::string_view key) {
  const auto* table = std::get_if<TomlValue::Table>(&value.data);
  if (table == nullptr) return nullptr;
  const auto found = std::ranges::find(*table, key, &TomlEntry::key);
  return found == table->end() ? nullptr : &*found;
}

std::string place(const std::string& path, Position at) {
  return path + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

}  // namespace redvip::daemon

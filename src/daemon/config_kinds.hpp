// The kinds of value a key can take. A kind carries its range once: what is checked and what the
// error and the manual say are the same numbers. Keys themselves are in config_keys.cpp.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/types.hpp"
#include "daemon/config_problems.hpp"

namespace redvip::daemon {

// What stands in the file: a value and its dotted name, as service.redis.port.
struct Found {
  const TomlValue& value;
  const std::string& name;
};

struct KeyHelp {
  std::string name;  // dotted
  std::string allowed;
  std::string fallback;  // as TOML; empty: the key is required
  std::string help;
};

struct SectionHelp {
  std::string name;    // dotted, as in KeyHelp
  std::string header;  // [service.redis], [[node]]
  std::string help;
  std::vector<KeyHelp> keys;
};

template <class T>
struct Kind {
  std::string allowed;
  std::function<void(const Found&, T&, Problems&)> read;
  // Of tables only: adds itself, and what is within.
  std::function<void(const std::string& name, std::string_view help, std::vector<SectionHelp>&)>
      describe_inner;
};

template <class T>
struct Key {
  // A key of a base class is a key of the class.
  template <class Base>
  Key(std::string_view key, std::string_view default_value, Kind<Base> kind_of_base,
      std::string_view text)
      : name{key},
        fallback{default_value},
        help{text},
        kind{std::move(kind_of_base.allowed), std::move(kind_of_base.read),
             std::move(kind_of_base.describe_inner)} {}

  std::string_view name;
  std::string_view fallback;
  std::string_view help;
  Kind<T> kind;
};

template <class T>
using Keys = std::vector<Key<T>>;

inline void refuse(const Found& found, const std::string& allowed, Problems& problems) {
  problems.add(found.value.at, found.name,
               "found " + describe(found.value) + "; allowed: " + allowed);
}

// One value: store(value, target) answers whether it is allowed.
template <class T, class Store>
Kind<T> single(std::string allowed, Store store) {
  auto read = [allowed, store](const Found& found, T& target, Problems& problems) {
    if (!store(found.value, target)) refuse(found, allowed, problems);
  };
  return {std::move(allowed), std::move(read), {}};
}

// A key of a member of the table.
template <class T, class Inner>
Kind<T> within(Inner T::*member, Kind<Inner> kind) {
  return {kind.allowed,
          [member, read = kind.read](const Found& found, T& target, Problems& problems) {
            read(found, target.*member, problems);
          },
          kind.describe_inner};
}

template <class T, class Value>
Kind<T> integer(Value T::*member, std::int64_t lowest, std::int64_t highest) {
  return single<T>("an integer " + std::to_string(lowest) + ".." + std::to_string(highest),
                   [member, lowest, highest](const TomlValue& value, T& target) {
                     const auto* number = std::get_if<std::int64_t>(&value.data);
                     if (number == nullptr || *number < lowest || *number > highest) return false;
                     if constexpr (std::is_integral_v<Value>) {
                       target.*member = static_cast<Value>(*number);
                     } else {
                       target.*member = Value::of(*number);
                     }
                     return true;
                   });
}

template <class T>
Kind<T> boolean(bool T::*member) {
  return single<T>("true or false", [member](const TomlValue& value, T& target) {
    const auto* flag = std::get_if<bool>(&value.data);
    if (flag != nullptr) target.*member = *flag;
    return flag != nullptr;
  });
}

template <class T>
Kind<T> string(std::string T::*member, std::string allowed, bool (*is_allowed)(std::string_view)) {
  return single<T>(std::move(allowed), [member, is_allowed](const TomlValue& value, T& target) {
    const auto* text = std::get_if<std::string>(&value.data);
    if (text == nullptr || !is_allowed(*text)) return false;
    target.*member = *text;
    return true;
  });
}

template <class T, class Value>
Kind<T> choice(Value T::*member, std::vector<std::pair<std::string, Value>> choices) {
  std::string allowed;
  for (const auto& [word, value] : choices) {
    allowed += (allowed.empty() ? "\"" : ", \"") + word + '"';
  }
  return single<T>(allowed, [member, choices](const TomlValue& value, T& target) {
    const auto* text = std::get_if<std::string>(&value.data);
    if (text == nullptr) return false;
    const auto found = std::ranges::find(choices, *text, &std::pair<std::string, Value>::first);
    if (found == choices.end()) return false;
    target.*member = found->second;
    return true;
  });
}

struct DurationRange {
  Micros lowest;
  Micros highest;
  Micros step{1};
};

[[nodiscard]] std::optional<Micros> parse_duration(std::string_view text);  // "100ms", "1.5s"
[[nodiscard]] std::string duration_text(Micros duration);  // for the ends of a range
[[nodiscard]] std::string allowed_durations(const DurationRange& range);
// nullopt: no duration, or not in the range.
[[nodiscard]] std::optional<Micros> read_duration(const TomlValue& value,
                                                  const DurationRange& range);

template <class T, class Duration>
Kind<T> duration(Duration T::*member, DurationRange range) {
  return single<T>(allowed_durations(range), [member, range](const TomlValue& value, T& target) {
    const auto found = read_duration(value, range);
    if (found) target.*member = std::chrono::duration_cast<Duration>(*found);
    return found.has_value();
  });
}

// As duration; "" leaves the member as it is.
template <class T>
Kind<T> optional_duration(Micros T::*member, DurationRange range) {
  return single<T>(allowed_durations(range) + ", or \"\"",
                   [member, range](const TomlValue& value, T& target) {
                     const auto* text = std::get_if<std::string>(&value.data);
                     if (text != nullptr && text->empty()) return true;
                     const auto found = read_duration(value, range);
                     if (found) target.*member = *found;
                     return found.has_value();
                   });
}

// A key that DESIGN.md promises and this version does not have.
template <class T>
Kind<T> not_yet(std::string message) {
  return {message,
          [message](const Found& found, T&, Problems& problems) {
            problems.add(found.value.at, found.name, "not supported yet: " + message);
          },
          {}};
}

template <class T>
void read_table(const Keys<T>& keys, const Found& found, T& target, Problems& problems) {
  const auto* table = std::get_if<TomlValue::Table>(&found.value.data);
  if (table == nullptr) return refuse(found, "a table", problems);
  const auto dotted = [&](std::string_view key) {
    return (found.name.empty() ? "" : found.name + '.') + std::string{key};
  };
  for (const auto& entry : *table) {
    const auto key = std::ranges::find(keys, entry.key, &Key<T>::name);
    if (key != keys.end()) {
      key->kind.read({entry.value, dotted(entry.key)}, target, problems);
      continue;
    }
    std::vector<std::string_view> known;
    for (const auto& each : keys) known.push_back(each.name);
    problems.add(entry.at, dotted(entry.key), "unknown key" + did_you_mean(entry.key, known));
  }
  for (const auto& key : keys) {
    if (!key.fallback.empty() || find_entry(found.value, key.name) != nullptr) continue;
    problems.add(found.value.at, dotted(key.name), "missing; allowed: " + key.kind.allowed);
  }
}

template <class T>
void describe_keys(const Keys<T>& keys, SectionHelp section, std::vector<SectionHelp>& out) {
  const auto at = out.size();
  const auto prefix = section.name.empty() ? "" : section.name + '.';
  out.push_back(std::move(section));
  for (const auto& key : keys) {
    const auto name = prefix + std::string{key.name};
    if (key.kind.describe_inner) {
      key.kind.describe_inner(name, key.help, out);
    } else {
      out[at].keys.push_back(
          {name, key.kind.allowed, std::string{key.fallback}, std::string{key.help}});
    }
  }
}

template <class T, class Inner>
Kind<T> table(Inner T::*member, Keys<Inner> keys) {
  return {"a table",
          [member, keys](const Found& found, T& target, Problems& problems) {
            read_table(keys, found, target.*member, problems);
          },
          [keys](const std::string& name, std::string_view help, std::vector<SectionHelp>& out) {
            describe_keys(keys, {name, '[' + name + ']', std::string{help}, {}}, out);
          }};
}

// [[header]] ... [[header]]: each table is read into an Inner, which learns where it came from.
template <class T, class Inner>
Kind<T> tables(std::vector<Inner> T::*member, std::string_view header, std::size_t at_least,
               Keys<Inner> keys) {
  const std::string allowed = (at_least > 0 ? "one or more tables [[" : "any number of tables [[") +
                              std::string{header} + "]]";
  auto read = [member, allowed, at_least, keys](const Found& found, T& target, Problems& problems) {
    const auto* array = std::get_if<TomlValue::Array>(&found.value.data);
    if (array == nullptr || array->size() < at_least) return refuse(found, allowed, problems);
    for (const auto& value : *array) {
      Inner inner;
      inner.source = &value;
      read_table(keys, {value, found.name}, inner, problems);
      (target.*member).push_back(std::move(inner));
    }
  };
  return {allowed, std::move(read),
          [keys](const std::string& name, std::string_view help, std::vector<SectionHelp>& out) {
            describe_keys(keys, {name, "[[" + name + "]]", std::string{help}, {}}, out);
          }};
}

}  // namespace redvip::daemon

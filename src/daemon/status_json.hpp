// Reading our own JSON files: members may be missing (an older writer) or unknown (a newer one);
// one of the wrong type is refused with its name.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace redvip::daemon {

// Takes the value out of `object` into `target`; leaves `target` alone when there is none.
template <class T>
void take(const boost::json::object& object, boost::json::string_view name, T& target) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return;
  const auto taken = boost::json::try_value_to<T>(*value);
  if (!taken) throw std::invalid_argument{std::string{name} + ": of the wrong type"};
  target = *taken;
}

template <class T>
void take(const boost::json::object& object, boost::json::string_view name,
          std::optional<T>& target) {
  if (const auto* value = object.if_contains(name); value != nullptr && !value->is_null()) {
    take(object, name, target.emplace());
  }
}

// Bytes that are no UTF-8 (a strange Redis version, say) are passed through, not refused.
[[nodiscard]] Result<boost::json::object> parse_object(const std::string& text);

}  // namespace redvip::daemon

// What several use at once: made for the first who needs it, gone with the last. Pure.
#pragma once

#include <map>
#include <memory>

#include "core/result.hpp"

namespace redvip {

template <class Key, class Value>
class Shared {
 public:
  // Where nobody has one for `key`, a new one is what `open`, (Value&) -> Result<void>, makes of
  // it.
  template <class Open>
  [[nodiscard]] Result<std::shared_ptr<Value>> get(const Key& key, Open open) {
    const auto known = values_.find(key);
    if (known != values_.end()) {
      if (auto value = known->second.lock()) return value;
    }
    auto fresh = std::make_shared<Value>();
    if (Result<void> opened = open(*fresh); !opened) return tl::unexpected(opened.error());
    std::erase_if(values_, [](const auto& each) { return each.second.expired(); });
    values_[key] = fresh;
    return fresh;
  }

 private:
  std::map<Key, std::weak_ptr<Value>> values_;
};

}  // namespace redvip

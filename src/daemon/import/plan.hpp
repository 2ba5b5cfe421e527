// redvip.toml before it is text.
#pragma once

#include <string>
#include <vector>

#include "daemon/import/nodes.hpp"

namespace redvip::keepalived {

struct Entry {
  std::string key;      // "redis.port"
  std::string value;    // as TOML
  std::string comment;  // a line above it; empty: none
};

struct ServicePlan {
  std::string name;
  std::vector<Entry> entries;
  std::vector<std::vector<Entry>> tracks;

  void set(const std::string& key, const std::string& value, const std::string& comment = {}) {
    entries.push_back({key, value, comment});
  }
};

[[nodiscard]] std::string toml_string(const std::string& text);               // with its quotes
[[nodiscard]] std::string toml_array(const std::vector<std::string>& texts);  // of strings
// Seconds as redvip writes them, to the millisecond: 0.1 is 100ms, 2 is 2s.
[[nodiscard]] std::string duration_text(double seconds);

[[nodiscard]] std::string toml_text(const std::vector<NodePlan>& nodes,
                                    const std::vector<ServicePlan>& services,
                                    const std::vector<std::string>& sources);

}  // namespace redvip::keepalived

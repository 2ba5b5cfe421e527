// The configuration that the tests vary, and what a reading of it says.
#pragma once

#include <string>
#include <vector>

#include "daemon/config_file.hpp"

namespace redvip::daemon {

// 14 lines, so that what a test appends begins on line 15, inside the [[service]].
inline const std::string minimal = R"([[node]]
name = "redis-a"
address = "10.77.0.1"

[[node]]
name = "redis-b"
address = "10.77.0.2"

[[service]]
name = "cache"
vrid = 51
virtual_ips = ["10.77.0.100/24"]
redis.port = 6379

)";

inline LoadOptions on_node_a() {
  return {.node = {}, .host_addresses = {IpAddress{0x0a4d0001}}};
}

inline LoadResult parse(const std::string& text) {
  return parse_config(text, "f", on_node_a());
}

// Every error, one a line, as an operator sees them; empty when the text is accepted.
inline std::string errors_of(const LoadResult& result) {
  std::string text;
  if (result) return text;
  for (const auto& error : result.error()) text += error.text() + '\n';
  return text;
}

inline std::string errors_in(const std::string& text) {
  return errors_of(parse(text));
}

inline std::string replaced(std::string text, const std::string& old, const std::string& now) {
  return text.replace(text.find(old), old.size(), now);
}

}  // namespace redvip::daemon

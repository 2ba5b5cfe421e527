// The errors of one reading of the file, gathered so that all are reported in one run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/spelling.hpp"
#include "daemon/config_toml.hpp"

namespace redvip::daemon {

class Problems {
 public:
  void add(Position at, const std::string& key, const std::string& message) {
    found_.push_back({at, key + ": " + message});
  }
  [[nodiscard]] bool empty() const { return found_.empty(); }
  // Whether something at this very place was refused already: then rules that compare it are
  // silent.
  [[nodiscard]] bool refused(Position at) const;
  // In the order of the file; each error's `where` is path:line:column.
  [[nodiscard]] std::vector<Error> errors(const std::string& path) const;

 private:
  struct Problem {
    Position at;
    std::string text;
  };
  std::vector<Problem> found_;
};

// What was found, for a message: "abc", 300, true, an array, a table.
[[nodiscard]] std::string describe(const TomlValue& value);

}  // namespace redvip::daemon

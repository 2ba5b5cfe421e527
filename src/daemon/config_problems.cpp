#include "daemon/config_problems.hpp"

#include <algorithm>
#include <sstream>

namespace redvip::daemon {

bool Problems::refused(Position at) const {
  return std::ranges::find(found_, at, &Problem::at) != found_.end();
}

std::vector<Error> Problems::errors(const std::string& path) const {
  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, &Problem::at);
  std::vector<Error> errors;
  for (const auto& [at, text] : sorted) errors.push_back({text, place(path, at)});
  return errors;
}

namespace {

struct Describe {
  std::string operator()(const std::string& text) const { return '"' + text + '"'; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    std::ostringstream text;
    text << number;
    return text.str();
  }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(TomlDate) const { return "a date or time"; }
  std::string operator()(const TomlValue::Array&) const { return "an array"; }
  std::string operator()(const TomlValue::Table&) const { return "a table"; }
};

}  // namespace

std::string describe(const TomlValue& value) {
  return std::visit(Describe{}, value.data);
}

}  // namespace redvip::daemon

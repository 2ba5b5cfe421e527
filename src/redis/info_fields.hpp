// The "name:value" lines of an INFO reply. Each read checks its value; the first that is missing or
// malformed is kept as the problem, so that a reader can take all that it needs and ask once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace redvip::redis {

class InfoFields {
 public:
  using Line = std::pair<std::string_view, std::string_view>;  // name, value
  using Lines = std::vector<Line>;
  struct Range {
    std::int64_t lowest;
    std::int64_t highest;
  };

  // Views into `text`, which must outlive this. Sections ("# Server") and other lines are skipped.
  explicit InfoFields(std::string_view text);

  // Fields that must be there. After a problem the value returned means nothing.
  [[nodiscard]] std::string text(std::string_view name);
  [[nodiscard]] std::string hex40(std::string_view name);  // 40 hexadecimal digits
  [[nodiscard]] std::int64_t number(std::string_view name, Range range);
  [[nodiscard]] bool flag(std::string_view name);  // 0 or 1
  [[nodiscard]] bool choice(std::string_view name, std::string_view yes, std::string_view no);

  // Fields that some versions omit.
  [[nodiscard]] std::string_view text_or(std::string_view name, std::string_view absent) const;
  [[nodiscard]] std::int64_t number_or(std::string_view name, std::int64_t absent, Range range);
  [[nodiscard]] bool flag_or(std::string_view name, bool absent);

  // All lines called <prefix><decimal digits>, such as db0 and db3.
  [[nodiscard]] Lines numbered(std::string_view prefix) const;
  // Of "ip=10.0.0.2,port=6379", the value of `key`; empty when it is not there.
  [[nodiscard]] static std::string_view part(std::string_view line, std::string_view key);
  [[nodiscard]] std::int64_t part_number(std::string_view name, std::string_view line,
                                         std::string_view key, Range range);

  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

 private:
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] const Line* find(std::string_view name) const;
  std::int64_t checked(std::string_view name, std::string_view value, Range range);
  void malformed(std::string_view name, std::string_view value, const std::string& allowed);
  void report(std::string message);

  Lines lines_;  // by name
  std::optional<Error> problem_;
};

}  // namespace redvip::redis

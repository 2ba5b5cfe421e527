// $NAME and ${NAME} of keepalived.conf: text that is put in where it is used, when it is used.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redvip::keepalived {

// "$NAME=value" at the beginning of a line, without a blank before the '='.
struct Definition {
  std::string name;
  std::string value;  // without blanks around it
};
[[nodiscard]] std::optional<Definition> parse_definition(std::string_view line);

class Definitions {
 public:
  // A value of several lines stands between what is before and after its name.
  void set(const std::string& name, std::vector<std::string> lines);

  // `text` with the first name that is defined replaced: one line or several. nullopt: there is
  // none. A name in braces may have anything behind it, else only a blank, ',', ')' or the end.
  [[nodiscard]] std::optional<std::vector<std::string>> expand(std::string_view text) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// A ${NAME} outside "..." that nothing has replaced.
[[nodiscard]] std::optional<std::string> undefined_name(std::string_view text);

// "~SEQ(v, start, step, end) rest", "~SEQx(...)", "~LST(v, a, b) rest", "~LST({v,w},{a,b}) rest":
// the rest of the line is read once for each set of values.
struct Repetition {
  std::vector<std::vector<Definition>> rounds;
  std::string rest;
};
// Whether a line is to be one; whether it is, parse_repetition tells.
[[nodiscard]] bool is_repetition(std::string_view line);
// nullopt: malformed, or more than `most` rounds.
[[nodiscard]] std::optional<Repetition> parse_repetition(std::string_view line, std::size_t most);

}  // namespace redvip::keepalived

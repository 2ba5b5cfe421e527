// The words of a shell script with what its variables hold, as far as the script says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace redvip::keepalived {

// What a variable or a substitution holds when the script does not say.
constexpr char unknown_value = '\x01';
[[nodiscard]] inline bool is_known(std::string_view word) {
  return word.find(unknown_value) == word.npos;
}

struct Variables {
  std::map<std::string, std::string, std::less<>> values;
  std::vector<std::string> arguments;  // $0, $1, ...
  // Called with the text of each $(...) and `...`.
  std::function<void(std::string_view text)> substituted;
};

// A raw word resolved: none, one or, where an unquoted variable holds blanks, several words.
[[nodiscard]] std::vector<std::string> expand_word(std::string_view raw, bool with_arguments,
                                                   const Variables& variables);

}  // namespace redvip::keepalived

#include "daemon/import/values.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

std::string number_text(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

void tell_extra(const Statement& statement, std::size_t expected, Diagnosis& diagnosis) {
  if (statement.words.size() <= expected) return;
  // Only a keyword is shown: anything else may be part of a password.
  const auto& extra = statement.words[expected];
  const bool secret = statement.keyword() == "auth_pass" || statement.keyword() == "key";
  diagnosis.mistake(statement.at,
                    "one directive a line, also in a one-line block: keepalived ignores " +
                        (secret ? "what" : in_quotes(extra) + " and all that") + " is behind " +
                        in_quotes(statement.keyword()) + " and its value",
                    "break the line, and write in the TOML what was meant");
}

bool has_shell_syntax(const std::vector<std::string>& argv) {
  constexpr std::array<std::string_view, 8> operators{"|", "||", "&&", ">", ">>", "<", ";", "2>&1"};
  return std::ranges::any_of(argv, [&](const std::string& word) {
    return one_of(operators, word) || word.ends_with(';') || word.starts_with("2>") ||
           word.find("$(") != word.npos || word.find('`') != word.npos;
  });
}

}  // namespace

Maybe<std::string> read_word(const Statement& statement, Diagnosis& diagnosis) {
  if (statement.words.size() < 2) {
    diagnosis.mistake(statement.at, in_quotes(statement.keyword()) + " without a value",
                      "remove the line, or give it one");
    return std::nullopt;
  }
  tell_extra(statement, 2, diagnosis);
  return Said<std::string>{statement.words[1], statement.at};
}

Maybe<double> read_decimal(const Statement& statement, Range range, const std::string& otherwise,
                           Diagnosis& diagnosis) {
  const auto word = read_word(statement, diagnosis);
  if (!word) return std::nullopt;
  const auto number = parse_decimal(word->value);
  if (number && *number >= range.lowest && *number <= range.highest) {
    return Said<double>{*number, statement.at};
  }
  diagnosis.mistake(statement.at,
                    in_quotes(statement.shown()) + " is not " + number_text(range.lowest) + " to " +
                        number_text(range.highest) + ": " + otherwise,
                    "correct it");
  return std::nullopt;
}

Maybe<int> read_int(const Statement& statement, Range range, const std::string& otherwise,
                    Diagnosis& diagnosis) {
  const auto number = read_decimal(statement, range, otherwise, diagnosis);
  if (!number) return std::nullopt;
  const auto whole = static_cast<int>(number->value);
  if (whole != number->value) {
    diagnosis.mistake(statement.at,
                      in_quotes(statement.shown()) + " is no whole number: " + otherwise,
                      "correct it");
    return std::nullopt;
  }
  return Said<int>{whole, statement.at};
}

Maybe<bool> read_switch(const Statement& statement, Diagnosis& diagnosis) {
  if (statement.words.size() < 2) return Said<bool>{true, statement.at};
  const auto value = parse_switch(statement.words[1]);
  if (!value) {
    diagnosis.mistake(statement.at,
                      in_quotes(statement.shown()) +
                          ": keepalived knows on, off, true, false, yes and "
                          "no, in lower case; it takes this for none of them",
                      "correct it");
  }
  return Said<bool>{value.value_or(true), statement.at};
}

Maybe<IpAddress> read_address(const Statement& statement, Diagnosis& diagnosis) {
  const auto word = read_word(statement, diagnosis);
  if (!word) return std::nullopt;
  if (const auto address = IpAddress::parse(word->value))
    return Said<IpAddress>{*address, word->at};
  diagnosis.error(statement.at, in_quotes(statement.shown()) + " is not an IP address",
                  "correct it");
  return std::nullopt;
}

std::optional<Command> read_command(const Statement& statement, bool with_user,
                                    Diagnosis& diagnosis) {
  const auto words = quoted_words(statement.rest());
  auto argv = words.empty() ? words : command_words(words.front());
  if (argv.empty()) {
    diagnosis.mistake(statement.at, in_quotes(statement.keyword()) + " without a program",
                      "remove the line, or name one");
    return std::nullopt;
  }
  if (statement.cut_in_word) {
    diagnosis.mistake(statement.at, "the # or ! begins a comment: the command ends before it",
                      "put the whole command into \"...\"");
  }
  if (has_shell_syntax(argv)) {
    diagnosis.mistake(statement.at,
                      "keepalived runs no shell: it hands |, > and their like to " +
                          in_quotes(argv.front()) + " as arguments",
                      "put the line into a script of its own");
  }
  if (!with_user && words.size() > 1) {
    diagnosis.mistake(statement.at,
                      "keepalived runs only what is in quotes, or the first word, " +
                          in_quotes(argv.front()) + ": what is behind it on the line is lost",
                      "put a command with its arguments into \"...\", and each directive on a line "
                      "of its own");
  }
  const auto user = with_user && words.size() > 1 ? words[1] : std::string{};
  return Command{statement.keyword(), std::move(argv), user, statement.at};
}

std::optional<Weight> read_weight(const std::vector<std::string>& words, std::size_t first,
                                  const Place& at, Diagnosis& diagnosis) {
  const auto number = first < words.size() ? parse_number(words[first]) : std::nullopt;
  if (!number) {
    diagnosis.mistake(at, "`weight` without a number, which keepalived ignores", "give it one");
    return std::nullopt;
  }
  Weight weight{*number, std::nullopt};
  if (std::abs(*number) > 253) {
    weight.value = *number < 0 ? -253 : 253;
    diagnosis.mistake(at,
                      "`weight " + words[first] + "` is beyond 253; keepalived takes " +
                          std::to_string(weight.value),
                      "correct it");
  }
  if (first + 1 < words.size()) {
    const auto& word = words[first + 1];
    if (word == "reverse") weight.reverse = true;
    if (word == "noreverse") weight.reverse = false;
    if (!weight.reverse) {
      diagnosis.mistake(at,
                        "`weight` is followed by " + in_quotes(word) + ", which keepalived ignores",
                        "one directive a line");
    }
  }
  return weight;
}

}  // namespace redvip::keepalived

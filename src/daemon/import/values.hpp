// The values behind a keyword. What keepalived would round, replace or lose is told.
#pragma once

#include "daemon/import/model.hpp"
#include "daemon/import/tree.hpp"

namespace redvip::keepalived {

// The one word behind the keyword; nullopt where there is none. Words behind it are lost.
[[nodiscard]] Maybe<std::string> read_word(const Statement& statement, Diagnosis& diagnosis);

struct Range {
  double lowest;
  double highest;
};
// nullopt also where it is no number in the range: keepalived then goes by `otherwise`, a sentence.
[[nodiscard]] Maybe<int> read_int(const Statement& statement, Range range,
                                  const std::string& otherwise, Diagnosis& diagnosis);
[[nodiscard]] Maybe<double> read_decimal(const Statement& statement, Range range,
                                         const std::string& otherwise, Diagnosis& diagnosis);
// A keyword that may be followed by on or off; alone it means on.
[[nodiscard]] Maybe<bool> read_switch(const Statement& statement, Diagnosis& diagnosis);
[[nodiscard]] Maybe<IpAddress> read_address(const Statement& statement, Diagnosis& diagnosis);

// A program with its arguments. Of `notify*` the words behind it are a user and a group.
[[nodiscard]] std::optional<Command> read_command(const Statement& statement, bool with_user,
                                                  Diagnosis& diagnosis);

// "N [reverse]" behind `weight`.
struct Weight {
  int value = 0;
  std::optional<bool> reverse;
};
[[nodiscard]] std::optional<Weight> read_weight(const std::vector<std::string>& words,
                                                std::size_t first, const Place& at,
                                                Diagnosis& diagnosis);

// Tells that a keyword which counts once is there twice.
template <class Old>
void tell_repetition(const std::optional<Old>& earlier, const Statement& statement,
                     Diagnosis& diagnosis) {
  if (!earlier) return;
  diagnosis.mistake(statement.at,
                    in_quotes(statement.keyword()) + " a second time, after line " +
                        std::to_string(earlier->at.line) + ": keepalived takes the last",
                    "remove the one that is wrong");
}

}  // namespace redvip::keepalived

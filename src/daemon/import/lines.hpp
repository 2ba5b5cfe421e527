// The lines of keepalived.conf that count: includes followed, conditions decided, names replaced,
// repetitions unrolled, comments gone, and each brace a line of its own.
#pragma once

#include <string>
#include <vector>

#include "daemon/import/diagnosis.hpp"
#include "daemon/import/files.hpp"

namespace redvip::keepalived {

struct Line {
  Place at;
  std::string text;          // never empty; "{" and "}" stand alone
  bool cut_in_word = false;  // a comment begins right behind its last letter: "abc#def"
};

// `config_id` decides the lines that begin with @; empty: none is given, and such a line is an
// error. What keepalived would lose without a word is told to the diagnosis. Bounded in all it
// does: at most 20,000 lines come out of a file, however it repeats itself.
[[nodiscard]] std::vector<Line> read_lines(const std::string& path, const std::string& config_id,
                                           const Files& files, Diagnosis& diagnosis);

}  // namespace redvip::keepalived

// Whether the messages that the documents quote are the program's, word for word.
#pragma once

#include <string>
#include <vector>

namespace redvip::docs {

// What stands between double quotes in C++ source, a literal a line, adjacent ones as one.
[[nodiscard]] std::string literals_of(const std::string& source);

// The parts of a quoted message that are not different each time: cut at `...`, at numbers, at names
// of the examples and at what stands for something, X, N or NAME. Only those of two words or more.
[[nodiscard]] std::vector<std::string> fixed_parts(const std::string& message);

// The first column of every table of a document: the messages, one a code span.
[[nodiscard]] std::vector<std::string> messages_in_tables(const std::string& markdown);

// Whether a code span is a sentence of redvip's: three words that are no command, no setting, and not
// Redis's own.
[[nodiscard]] bool is_message(const std::string& code_span);

}  // namespace redvip::docs

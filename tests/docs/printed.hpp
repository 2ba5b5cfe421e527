// Whether a command printed what the document says, but for what is different every time.
#pragma once

#include <string>
#include <vector>

namespace redvip::docs {

// Times, MAC addresses, process ids, offsets, versions, durations and sizes become T, MAC, N; a run
// of blanks becomes one, because columns are as wide as the numbers in them. Addresses of the lab
// (10.77.0.x) and what follows a letter, as in redis-a or fe80, stay.
[[nodiscard]] std::string normalised(const std::string& line);

// A line `...` of the document stands for any number of lines.
[[nodiscard]] bool as_documented(const std::vector<std::string>& documented,
                                 const std::vector<std::string>& printed);

[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);

}  // namespace redvip::docs

// A word that is not known, and the one that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redvip {

// "; did you mean vrid?" for the nearest of the known words, or nothing when none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& known);

}  // namespace redvip

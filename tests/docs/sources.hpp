// The documents of the source tree.
#pragma once

#include <filesystem>
#include <vector>

#include "docs/markdown.hpp"

namespace redvip::docs {

[[nodiscard]] std::filesystem::path source_path(const std::string& file);
// README.md and everything below docs/.
[[nodiscard]] std::vector<Document> documents();

}  // namespace redvip::docs

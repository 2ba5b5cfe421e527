#include "docs/sources.hpp"

#include <algorithm>

#include "lab/process.hpp"

namespace redvip::docs {

namespace fs = std::filesystem;

fs::path source_path(const std::string& file) {
  return fs::path{REDVIP_SOURCE_DIR} / file;
}

std::vector<Document> documents() {
  std::vector<std::string> files{"README.md"};
  for (const auto& entry : fs::recursive_directory_iterator{source_path("docs")}) {
    if (entry.path().extension() == ".md") {
      files.push_back(fs::relative(entry.path(), REDVIP_SOURCE_DIR).generic_string());
    }
  }
  std::ranges::sort(files);
  std::vector<Document> all;
  for (const auto& file : files) {
    all.push_back(read_markdown(file, lab::read_file(source_path(file))));
  }
  return all;
}

}  // namespace redvip::docs

// Writes what comes from the program's own tables: manual pages and completions into a folder, at
// build time; the generated parts of docs/ in place, by hand after a table changed (a test
// notices).
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "daemon/reference.hpp"

namespace {

namespace fs = std::filesystem;
using namespace redvip::daemon;

constexpr int wrong_usage = 6;

// The build's, or the one that a reproducible build asks for (reproducible-builds.org,
// SOURCE_DATE_EPOCH).
std::string page_date() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  const std::time_t time = epoch != nullptr ? std::atoll(epoch) : std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&time));
  return text;
}

bool write(const fs::path& path, const std::string& text) {
  std::ofstream file{path};
  file << text;
  file.close();
  if (!file) std::cerr << "redvip_reference: " << path.string() << " cannot be written\n";
  return static_cast<bool>(file);
}

std::string read(const fs::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

int write_references(const fs::path& folder) {
  const auto all = command_line_reference();
  fs::create_directories(folder);
  const bool written = write(folder / "redvip.8", manual_of_commands(all, page_date())) &&
                       write(folder / "redvip.toml.5", manual_of_configuration(page_date())) &&
                       write(folder / "redvip.bash", bash_completion(all)) &&
                       write(folder / "_redvip", zsh_completion(all));
  return written ? 0 : 1;
}

int update_documents(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() != ".md") continue;
    const auto before = read(entry.path());
    const auto after = with_parts(before);
    if (!after) {
      std::cerr << entry.path().string() << ": " << after.error().text() << '\n';
      return 1;
    }
    if (*after == before) continue;
    if (!write(entry.path(), *after)) return 1;
    std::cout << entry.path().string() << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (argc == 2 && !first.starts_with('-')) return write_references(first);
  if (argc == 3 && first == "--update") return update_documents(argv[2]);
  std::cerr
      << "usage: redvip_reference FOLDER           write manual pages and completions there\n"
         "       redvip_reference --update DOCS    bring the tables in DOCS/*.md up to date\n";
  return wrong_usage;
}

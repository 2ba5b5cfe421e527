#include "docs/printed.hpp"

#include <regex>
#include <sstream>

namespace redvip::docs {
namespace {

constexpr const char* any_lines = "...";

bool matches(const std::vector<std::string>& documented, std::size_t from,
             const std::vector<std::string>& printed, std::size_t at) {
  if (from == documented.size()) return at == printed.size();
  if (documented[from] == any_lines) {
    for (auto rest = at; rest <= printed.size(); ++rest) {
      if (matches(documented, from + 1, printed, rest)) return true;
    }
    return false;
  }
  return at < printed.size() && normalised(documented[from]) == normalised(printed[at]) &&
         matches(documented, from + 1, printed, at + 1);
}

}  // namespace

std::string normalised(const std::string& line) {
  static const std::regex time{R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?)"};
  static const std::regex mac{R"(\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b)"};
  static const std::regex lab{R"(\b10\.77\.0\.(\d+))"};
  static const std::regex number{R"((^|[^\w.])\d[\d,]*(\.\d+)*)"};
  static const std::regex size{R"(N (B|KiB|MiB|bytes)\b)"};
  static const std::regex duration{R"(N ?(us|ms|s)\b)"};
  static const std::regex blanks{" +"};
  auto text = std::regex_replace(line, time, "T");
  text = std::regex_replace(text, mac, "MAC");
  text = std::regex_replace(text, lab, "lab$1");
  text = std::regex_replace(text, number, "$1N");
  text = std::regex_replace(text, size, "N B");
  text = std::regex_replace(text, duration, "N s");
  text = std::regex_replace(text, blanks, " ");
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

bool as_documented(const std::vector<std::string>& documented,
                   const std::vector<std::string>& printed) {
  return matches(documented, 0, printed, 0);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream all{text};
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

}  // namespace redvip::docs

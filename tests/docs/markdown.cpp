#include "docs/markdown.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>

namespace redvip::docs {
namespace {

// GitHub: lower case, blanks to hyphens, everything but letters, digits, hyphens, underscores gone.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80) {
      anchor += static_cast<char>(std::tolower(byte));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(' ');
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

// What is between `<!-- ` and ` -->` when that is all there is on the line.
std::optional<std::string> comment_of(const std::string& line) {
  const auto text = trimmed(line);
  if (!text.starts_with("<!-- ") || !text.ends_with(" -->")) return std::nullopt;
  return text.substr(5, text.size() - 9);
}

class Reader {
 public:
  explicit Reader(std::string file) { document_.file = std::move(file); }

  Document read(const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
      ++number_;
      if (inside_) {
        within(line);
      } else {
        outside(line);
      }
    }
    if (inside_) {
      document_.unended.push_back({document_.file, block_.line, {}});
    }
    return document_;
  }

 private:
  void outside(const std::string& line) {
    const auto text = trimmed(line);
    if (text.starts_with("```")) {
      block_.indent = line.find('`');
      block_.file = document_.file;
      block_.line = number_;
      block_.language = text.substr(3);
      inside_ = true;
    } else if (const auto comment = comment_of(line)) {
      if (comment->starts_with("scene: ")) block_.scene = comment->substr(7);
      if (*comment == "fragment") block_.fragment = true;
    } else if (!text.empty()) {
      block_ = {};  // a comment belongs to what follows it at once
      prose(line);
    }
  }

  void within(const std::string& line) {
    if (trimmed(line) == "```") {
      document_.blocks.push_back(std::exchange(block_, {}));
      inside_ = false;
      return;
    }
    const auto from = std::min(block_.indent, line.find_first_not_of(' '));
    block_.lines.push_back(from == line.npos ? std::string{} : line.substr(from));
  }

  void prose(const std::string& line) {
    static const std::regex span{"`([^`]+)`"};
    static const std::regex link{R"(\]\(([^)\s]+)\))"};
    static const std::regex heading{"^#+ +(.*)$"};
    const auto each = [&](const std::regex& what, std::vector<Mention>& into) {
      for (std::sregex_iterator it{line.begin(), line.end(), what}, end; it != end; ++it) {
        into.push_back({document_.file, number_, (*it)[1]});
      }
    };
    each(span, document_.code_spans);
    each(link, document_.links);
    std::smatch found;
    if (std::regex_match(line, found, heading)) document_.anchors.push_back(anchor_of(found[1]));
  }

  Document document_;
  Block block_;
  std::size_t number_ = 0;
  bool inside_ = false;
};

}  // namespace

std::string Block::text() const {
  std::string result;
  for (const auto& each : lines) result += each + '\n';
  return result;
}

Document read_markdown(const std::string& file, const std::string& text) {
  return Reader{file}.read(text);
}

std::vector<Step> steps_of(const Block& block) {
  static const std::regex prompt{R"(^([a-z-]*)\$ (.*)$)"};
  std::vector<Step> steps;
  bool continued = false;
  for (std::size_t at = 0; at < block.lines.size(); ++at) {
    const auto& line = block.lines[at];
    std::smatch found;
    if (continued) {
      steps.back().command += '\n' + (line.starts_with("> ") ? line.substr(2) : line);
    } else if (std::regex_match(line, found, prompt)) {
      steps.push_back({found[1].length() > 0 ? found[1].str() : "redis-a", found[2], at, {}});
    } else {
      if (steps.empty()) steps.push_back({{}, {}, at, {}});
      steps.back().printed.push_back(line);
      continue;
    }
    continued = steps.back().command.ends_with('\\');
  }
  return steps;
}

}  // namespace redvip::docs

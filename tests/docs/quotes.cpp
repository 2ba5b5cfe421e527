#include "docs/quotes.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

namespace redvip::docs {
namespace {

template <class Look>
void each_match(const std::string& text, const std::regex& what, Look look) {
  for (std::sregex_iterator it{text.begin(), text.end(), what}, end; it != end; ++it) look(*it);
}

}  // namespace

std::string literals_of(const std::string& source) {
  static const std::regex between_adjacent{R"("\s*\n\s*")"};
  static const std::regex literal{R"re("((?:[^"\\\n]|\\.)*)")re"};
  static const std::regex quote{R"(\\")"};
  std::string literals;
  each_match(std::regex_replace(source, between_adjacent, ""), literal,
             [&](const auto& found) { literals += found[1].str() + '\n'; });
  return std::regex_replace(literals, quote, "\"");
}

std::vector<std::string> fixed_parts(const std::string& message) {
  static const std::regex varying{
      R"(\.\.\.|\b[A-Z]+\b|\b(eth0|cache|redis-[abc]|why|yes|no)\b|Permission denied|\d+)"};
  std::vector<std::string> parts;
  std::sregex_token_iterator it{message.begin(), message.end(), varying, -1};
  for (; it != std::sregex_token_iterator{}; ++it) {
    auto part = it->str();
    constexpr const char* edges = " ,;:()";
    part.erase(0, std::min(part.find_first_not_of(edges), part.size()));
    part.erase(part.find_last_not_of(edges) + 1);
    if (part.find(' ') != std::string::npos) parts.push_back(part);
  }
  return parts;
}

std::vector<std::string> messages_in_tables(const std::string& markdown) {
  static const std::regex span{"`([^`]+)`"};
  std::vector<std::string> messages;
  std::istringstream lines{markdown};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const auto cell = line.substr(2, line.find(" | ", 2) - 2);
    each_match(cell, span, [&](const auto& found) { messages.push_back(found[1]); });
  }
  return messages;
}

bool is_message(const std::string& code_span) {
  static const std::set<std::string> programs{
      "redvip", "systemctl", "apt",        "redis-cli",   "./dev",           "sudo",
      "nft",    "ip",        "journalctl", "cmake",       "systemd-analyze", "cat",
      "echo",   "adduser",   "promtool",   "systemd-run", "tcpdump",         "install"};
  static const std::regex not_ours{R"(\+\S.*|[A-Z]{2,}\b.*|.* = .*|[ ,;].*|\. .*|.* )"};
  return std::ranges::count(code_span, ' ') >= 2 &&
         programs.count(code_span.substr(0, code_span.find(' '))) == 0 &&
         !std::regex_match(code_span, not_ours);
}

}  // namespace redvip::docs

#include "unit/tree/rules.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>

namespace redvip::tree {
namespace {

constexpr std::size_t longest_file = 300;

std::string without_ending(const std::string& path) {
  return path.substr(0, path.rfind('.'));
}

// "vrrp", or "daemon/import" for the one folder inside another.
std::string folder_of(const std::string& path) {
  constexpr std::string_view inner = "daemon/import/";
  if (path.rfind(inner, 0) == 0) return "daemon/import";
  return path.substr(0, path.find('/'));
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const auto& it) { return text.rfind(it, 0) == 0; });
}

bool is_standard(const std::string& header) {
  return header.find_first_of("./") == header.npos;
}

// The system and third-party headers that the shell of a folder may use.
std::vector<std::string> libraries_of(const std::string& folder) {
  std::vector<std::string> result{"boost/asio/", "sys/",     "netinet/", "arpa/",
                                  "net/",        "unistd.h", "fcntl.h"};
  if (folder == "daemon/import") result.push_back("glob.h");
  if (folder == "redis") result.insert(result.end(), {"hiredis/", "openssl/"});
  if (folder == "netlink") result.insert(result.end(), {"netlink/", "linux/", "nftables/"});
  return result;
}

class File {
 public:
  File(const Layout& layout, const std::string& path) : layout_{layout}, path_{path} {}

  [[nodiscard]] bool pure() const { return is_pure(path_); }

  // Why it must not include this; nullopt: it may.
  [[nodiscard]] std::optional<std::string> objection_to_system(const std::string& header) const {
    if (is_standard(header)) {
      const std::set<std::string> worldly{"random", "thread", "fstream", "iostream", "filesystem"};
      if (pure() && worldly.count(header)) return "pure files have no world to reach for";
      return std::nullopt;
    }
    // inet_pton(3) and inet_ntop(3) turn text into addresses and back, and reach for nothing.
    if (path_ == "core/types.cpp" && header == "arpa/inet.h") return std::nullopt;
    // So do the keyed digests of libcrypto.
    if (path_ == "vrrp/mac.cpp" && header.rfind("openssl/", 0) == 0) return std::nullopt;
    if (header == "tl/expected.hpp" || (folder() == "daemon" && !pure())) return std::nullopt;
    if (pure()) return "pure files include only the standard library and tl/expected.hpp";
    if (starts_with_any(header, libraries_of(folder()))) return std::nullopt;
    return "the shell of " + folder() + " uses its own library and Boost.Asio, nothing else";
  }

  [[nodiscard]] std::optional<std::string> objection_to_own(const std::string& header) const {
    const auto target = folder_of(header);
    if (pure() && !is_pure(header)) return "pure files include no shell file";
    if (target == "core" || target == folder() || folder() == "daemon") return std::nullopt;
    return folder() + " may include only core and its own folder";
  }

 private:
  [[nodiscard]] std::string folder() const { return folder_of(path_); }
  [[nodiscard]] bool is_pure(const std::string& path) const {
    if (folder_of(path) == "daemon") return layout_.daemon_pure.count(without_ending(path)) > 0;
    return layout_.shell.count(without_ending(path)) == 0;
  }

  const Layout& layout_;
  const std::string& path_;
};

// Comments are prose: they may say anything.
std::string code_of(const std::string& line) {
  return line.substr(0, line.find("//"));
}

std::optional<std::string> objection_to_include(const File& file, const std::string& code) {
  static const std::regex include{R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re"};
  std::smatch found;
  if (!std::regex_search(code, found, include)) return std::nullopt;
  const auto why =
      found[1] == "<" ? file.objection_to_system(found[2]) : file.objection_to_own(found[2]);
  if (!why) return std::nullopt;
  return "includes " + found[2].str() + ": " + *why;
}

std::optional<std::string> objection_to_call(const std::string& code) {
  static const std::regex impure{
      R"(\w+_clock\b|\b(s?rand|time|gettimeofday|clock_gettime)\s*\(|\b(random_device|mt19937)\b)"};
  std::smatch found;
  if (!std::regex_search(code, found, impure)) return std::nullopt;
  return "uses " + found[0].str() + ": time and chance enter a pure file only as arguments";
}

// From each co_await to the end of its statement.
void look_at_awaits(const std::string& path, const std::string& text,
                    std::vector<std::string>& found) {
  for (auto at = text.find("co_await"); at != text.npos; at = text.find("co_await", at + 1)) {
    const auto statement = text.substr(at, text.find(';', at) - at);
    if (statement.find('{') == statement.npos && statement.find("[&") == statement.npos &&
        statement.find("[=") == statement.npos) {
      continue;
    }
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    found.push_back("src/" + path + ":" + std::to_string(line) +
                    ": a brace or a lambda inside a co_await: g++ 12 destroys it twice");
  }
}

}  // namespace

Layout read_layout(const std::string& cmake_lists) {
  static const std::regex list{
      R"(set\((VRRP|REDIS|NETLINK|DAEMON|IMPORT)_(SHELL|PURE)\s+([^)]*)\))"};
  Layout layout;
  for (std::sregex_iterator it{cmake_lists.begin(), cmake_lists.end(), list}, end; it != end;
       ++it) {
    auto folder = (*it)[1].str();
    std::transform(folder.begin(), folder.end(), folder.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (folder == "import") folder = "daemon/import";
    std::istringstream files{(*it)[3].str()};
    for (std::string file; files >> file;) {
      ((*it)[2] == "SHELL" ? layout.shell : layout.daemon_pure)
          .insert(folder + "/" + without_ending(file));
    }
  }
  return layout;
}

std::vector<std::string> offences(const Layout& layout, const std::string& path,
                                  const std::string& text) {
  std::vector<std::string> found;
  const File file{layout, path};
  std::istringstream lines{text};
  std::size_t number = 0;
  bool once = false;
  const auto blame = [&](const std::optional<std::string>& what) {
    if (what) found.push_back("src/" + path + ":" + std::to_string(number) + ": " + *what);
  };
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto code = code_of(line);
    once = once || code.rfind("#pragma once", 0) == 0;
    blame(objection_to_include(file, code));
    if (file.pure()) blame(objection_to_call(code));
  }
  if (path.ends_with(".hpp") && !once) found.push_back("src/" + path + ":1: lacks #pragma once");
  look_at_awaits(path, text, found);
  return found;
}

std::vector<std::string> too_long(const LengthAllowance& allowance, const std::string& path,
                                  const std::string& text) {
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto allowed = allowance.find(path);
  const auto limit = allowed == allowance.end() ? longest_file : allowed->second;
  const auto length = "src/" + path + ": " + std::to_string(lines) + " lines, ";
  if (lines > limit)
    return {length + "at most " + std::to_string(limit) + ": does it have two jobs?"};
  if (allowed != allowance.end() && lines <= longest_file) {
    return {length + "needs no allowance any more: remove it from the test"};
  }
  return {};
}

}  // namespace redvip::tree

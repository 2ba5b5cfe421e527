// The keepalived of this host, its configuration and the scripts that it names.
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/check_facts.hpp"

namespace redvip::daemon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_script = std::size_t{1} << 20;

// Empty where it cannot be read: a process can end at any moment, which an istreambuf_iterator
// would throw.
std::string read(const fs::path& path) {
  std::error_code gone;
  if (!fs::is_regular_file(path, gone)) return {};
  std::ifstream file{path};
  std::string text;
  std::getline(file, text, '\0');
  return text;
}

// As a process sees its paths: below its root, or relative to where it is. Another user's root is
// not ours to look into; then it is taken for our own.
fs::path seen_by(const fs::path& process, const fs::path& path) {
  if (!path.is_absolute()) return process / "cwd" / path;
  const auto seen = process / "root" / path.relative_path();
  std::error_code forbidden;
  return fs::status(seen, forbidden).type() == fs::file_type::none ? path : seen;
}

// Whether any process of this network namespace has a raw socket for VRRP (IP protocol 112), which
// everybody may know: the "port" of /proc/net/raw, in hexadecimal (proc(5)).
bool vrrp_spoken_here() {
  for (const auto* table : {"/proc/self/net/raw", "/proc/self/net/raw6"}) {
    std::ifstream lines{table};
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words{line};
      std::string slot;
      std::string local;
      if (words >> slot >> local && local.ends_with(":0070")) return true;
    }
  }
  return false;
}

// Of another user's process the namespace is not told; then its socket is.
bool shares_our_network(const fs::path& process) {
  std::error_code unreadable;
  const auto theirs = fs::read_symlink(process / "ns/net", unreadable);
  if (unreadable == std::errc::permission_denied) return vrrp_spoken_here();
  return theirs == fs::read_symlink("/proc/self/ns/net", unreadable);
}

// The file named with -f or --use-file, else the default.
fs::path keepalived_conf(const fs::path& process) {
  fs::path conf = "/etc/keepalived/keepalived.conf";
  std::ifstream words{process / "cmdline"};
  for (std::string word; std::getline(words, word, '\0');) {
    if (word == "-f" || word == "--use-file") {
      std::getline(words, word, '\0');
      conf = word;
    } else if (word.starts_with("--use-file=")) {
      conf = word.substr(11);
    }
  }
  return seen_by(process, conf);
}

std::vector<fs::path> matching(const fs::path& pattern) {
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

// With what it includes (`include PATTERN`, `includer`, ...: keepalived.conf(5)), to a depth.
std::string text_of(const fs::path& process, const fs::path& conf, int depth) {
  std::string text = read(conf);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string directive;
    std::string pattern;
    if (!(words >> directive >> pattern) || !directive.starts_with("include") || depth == 0)
      continue;
    const fs::path named = pattern;
    const auto where = named.is_absolute() ? seen_by(process, named) : conf.parent_path() / named;
    for (const auto& included : matching(where)) {
      text += '\n' + text_of(process, included, depth - 1);
    }
  }
  return text;
}

std::vector<std::string> role_scripts(const fs::path& process, const std::string& conf) {
  std::vector<std::string> scripts;
  for (const auto& path : named_paths(conf)) {
    const auto script = seen_by(process, path);
    std::error_code gone;
    const auto size = fs::file_size(script, gone);
    if (!gone && size < longest_script && moves_roles(read(script))) scripts.push_back(path);
  }
  return scripts;
}

std::optional<KeepalivedFacts> keepalived_at(const fs::path& process) {
  const auto pid = parse_integer(process.filename().string());
  if (!pid || read(process / "comm") != "keepalived\n") return std::nullopt;
  if (!shares_our_network(process)) return std::nullopt;
  KeepalivedFacts facts{static_cast<int>(*pid), {}, {}};
  constexpr int deepest = 5;
  const auto conf = text_of(process, keepalived_conf(process), deepest);
  if (conf.empty()) return facts;
  facts.vrids = virtual_router_ids(conf);
  facts.role_scripts = role_scripts(process, conf);
  facts.advert_interval = longest_advert_interval(conf);
  return facts;
}

}  // namespace

std::vector<KeepalivedFacts> keepalived_here() {
  std::vector<KeepalivedFacts> all;
  std::error_code unreadable;
  for (const auto& process : fs::directory_iterator{"/proc", unreadable}) {
    if (auto facts = keepalived_at(process.path())) all.push_back(*std::move(facts));
  }
  // keepalived is a parent and its children, all of one configuration: one is enough.
  std::ranges::sort(all, {}, &KeepalivedFacts::pid);
  const auto same = [](const auto& a, const auto& b) { return a.vrids == b.vrids; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

}  // namespace redvip::daemon

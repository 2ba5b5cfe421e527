#include "daemon/import/scripts.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/types.hpp"
#include "daemon/import/text.hpp"

namespace redvip::keepalived {
namespace {

// "/etc/keepalived/x.sh" below a folder: with its whole path first, then with ever less of it.
std::vector<std::string> below(const std::string& folder, const std::string& path) {
  std::vector<std::string> candidates;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    if (slash + 1 < path.size()) candidates.push_back(path_in(folder, path.substr(slash + 1)));
  }
  if (!path.starts_with('/')) candidates.insert(candidates.begin(), path_in(folder, path));
  return candidates;
}

struct Read {
  std::string path;
  std::string text;
};

std::optional<Read> find_and_read(const std::string& path, const ScriptPlaces& places,
                                  const Files& files, std::string& why) {
  std::vector<std::string> candidates;
  if (!places.root.empty()) candidates = below(places.root, path);
  for (auto& each : below(folder_of(places.configuration), path)) {
    candidates.push_back(std::move(each));
  }
  if (places.this_host) candidates.push_back(path);
  why = "not found beside " + places.configuration;
  for (const auto& candidate : candidates) {
    const auto found = files.matching(candidate);
    if (found.empty()) continue;
    auto text = files.read(candidate);
    if (text) return Read{candidate, *std::move(text)};
    why = text.error().message;
  }
  return std::nullopt;
}

bool is_interpreter(const std::string& program) {
  constexpr std::array<std::string_view, 9> known{"sh",  "bash",   "dash",    "ash", "ksh",
                                                  "zsh", "python", "python3", "perl"};
  return one_of(known, base_name(program));
}

// Programs that are no files to read.
bool is_tool(const std::string& program) {
  constexpr std::array<std::string_view, 15> known{
      "redis-cli", "valkey-cli", "killall", "pidof", "pgrep",     "pkill",   "nc",  "curl",
      "ping",      "true",       "test",    "env",   "systemctl", "service", "echo"};
  return one_of(known, base_name(program)) || program.starts_with('<');
}

// A file of machine code is no script.
bool is_text(const std::string& text) {
  return text.find('\0') == text.npos;
}

void read_configurations(Script& script, const ScriptPlaces& places, const Files& files) {
  for (const auto& [path, at] : std::vector{script.facts.configurations}) {
    std::string why;
    const auto read = find_and_read(path, places, files, why);
    if (read && is_text(read->text)) read_redis_conf(read->text, read->path, script.facts);
  }
}

// "redis_check.sh 127.0.0.1 6379", unread: the port is what stands behind an address, or alone.
void judge_by_name(Script& script) {
  const auto& argv = script.command.argv;
  script.by_name = std::ranges::any_of(argv, mentions_redis);
  if (!script.by_name) return;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const auto number = parse_number(argv[i]);
    if (number && *number >= 1024 && *number <= 65535) {
      script.facts.ports.push_back({*number, script.command.at});
    }
  }
}

}  // namespace

bool Script::only_writes() const {
  return !path.empty() && !about_redis() && facts.others.empty() && !facts.stops_keepalived;
}

std::string Script::shown() const {
  return command.argv.front();
}

Script read_command_script(const Command& command, const ScriptPlaces& places, const Files& files) {
  Script script{command, {}, {}, false, {}};
  auto argv = command.argv;
  if (is_interpreter(argv.front()) && argv.size() > 1 && !argv[1].starts_with('-')) {
    argv.erase(argv.begin());
  } else if (is_interpreter(argv.front()) && argv.size() > 2 && argv[1] == "-c") {
    script.facts = read_script(argv[2], command.at.file, {}, command.at.line);
    return script;
  } else if (is_tool(argv.front())) {
    script.facts = read_command_line(argv, command.at);
    read_configurations(script, places, files);
    return script;
  }
  const auto read = find_and_read(argv.front(), places, files, script.unread);
  if (read && is_text(read->text)) {
    script.unread.clear();
    script.path = read->path;
    script.facts = read_script(read->text, read->path, argv);
    read_configurations(script, places, files);
  } else {
    if (read) script.unread = read->path + " is not a script";
    // What it is called, and with what, is all there is to see.
    if (!read) script.facts = read_command_line(argv, command.at);
    judge_by_name(script);
  }
  return script;
}

}  // namespace redvip::keepalived
